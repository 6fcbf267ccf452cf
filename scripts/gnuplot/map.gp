# map.gp -- what stretches of addresses hold, a panel per allocator: over the operations, from the
# lowest address upwards; or (line_cells is set) at one moment, line by line from the upper left.
# A matrix for each panel: a line per stretch or line of addresses, a column per moment or cell; the
# number of a mixture.

eval "set palette defined (".colours.")"
eval "set palette maxcolors ".sprintf("%.0f", mixtures)
set cbrange [-0.5:mixtures - 0.5]
unset colorbox
unset grid

key_x(pixels) = pixels / width
key_y = 1 - (46 + title_more) / height
key_set = "set object 111 rectangle from screen key_x(12), screen key_y - 6 / height to screen key_x(36), screen key_y + 6 / height fillcolor rgb blue fillstyle solid noborder;" \
    ."set object 112 rectangle from screen key_x(105), screen key_y - 6 / height to screen key_x(129), screen key_y + 6 / height fillcolor rgb \"#333333\" fillstyle solid noborder;" \
    ."set object 113 rectangle from screen key_x(330), screen key_y - 6 / height to screen key_x(354), screen key_y + 6 / height fillcolor rgb orange fillstyle solid noborder;" \
    ."set label 111 \"live\" at screen key_x(43), screen key_y left;" \
    ."set label 112 \"headers and padding\" at screen key_x(136), screen key_y left;" \
    ."set label 113 \"free\" at screen key_x(361), screen key_y left;"
key_done = "unset object 111; unset object 112; unset object 113;" \
    ."unset label 111; unset label 112; unset label 113"

is_moment = exists("line_cells")
frame_count = exists("frames") ? int(frames) : 1
if (is_moment) {
    set xrange [0:line_bytes]
    set yrange [y_most:0]
    unset xtics
} else {
    set xrange [0:x_most]
    set yrange [0:y_most]
    set xtics x_step
}
set ytics y_step
frame_title = title
do for [frame = 0:frame_count - 1] {
    if (frame_count > 1) {
        set label 101 frame_title.": operation ".sprintf("%.0f", frame_op[frame + 1]) \
            at screen 12 / width, screen 1 - 18 / height left font letters(15)
        set label 103 caption at screen 12 / width, screen (14 + caption_more) / height left \
            textcolor rgb grey font letters(11)
    }
    eval key_set
    set multiplot
    do for [i = 0:panels - 1] {
        eval panel_place(i)
        set label 1 panel_name[i + 1] at graph 0, graph 1 offset 0, 0.7 left font letters(13)
        set label 2 panel_note[i + 1] at graph 1, graph 1 offset 0, 0.7 right font letters(10) textcolor rgb grey
        set format x (panel_is_lowest(i) ? "%g" : "")
        set xlabel (panel_is_lowest(i) && !is_moment ? x_title : "") offset 0, 0.3
        set format y (panel_is_left(i) ? "%g" : "")
        set ylabel (panel_is_left(i) ? y_title : "") offset 0.5, 0
        part = frame * panels + i
        if (is_moment) {
            plot name.".tsv" index part matrix using (($1 + 0.5) * line_bytes / line_cells) \
                :(($2 + 0.5) * line_bytes / y_unit):3 with image
        } else {
            plot name.".tsv" index part matrix using (($1 + 0.5) * x_most / moments) \
                :(($2 + 0.5) * row_bytes / y_unit):3 with image
        }
        eval texts_done
        eval key_done
    }
    unset multiplot
}
