# memory.gp -- live, footprint and resident memory over the operations, a panel per allocator.
# Columns: operation or bytes requested, live, footprint, resident, in huge pages (at some points),
# in the units of the axes.

set multiplot
set xrange [0:x_most]
set yrange [0:y_most]
set xtics x_step
set ytics y_step

# The key, under the title: gnuplot's own would stack.
key_x(pixels) = pixels / width
key_y = 1 - (46 + title_more) / height
set object 111 rectangle from screen key_x(12), screen key_y - 6 / height \
    to screen key_x(42), screen key_y + 6 / height fillcolor rgb shade fillstyle solid noborder
set arrow 112 from screen key_x(110), screen key_y to screen key_x(145), screen key_y \
    nohead lw 2 lc rgb blue
set arrow 113 from screen key_x(265), screen key_y to screen key_x(300), screen key_y \
    nohead lw 2 dt (6, 3) lc rgb vermillion
set label 111 "live" at screen key_x(50), screen key_y left
set label 112 "footprint" at screen key_x(153), screen key_y left
set label 113 "resident" at screen key_x(308), screen key_y left
if (has_huge > 0) {
    set arrow 114 from screen key_x(410), screen key_y to screen key_x(445), screen key_y \
        nohead lw 2 lc rgb orange
    set label 114 "in huge pages" at screen key_x(453), screen key_y left
}
key_done = "unset arrow 114; unset label 114;" \
    ."unset object 111; unset arrow 112; unset arrow 113;" \
    ."unset label 111; unset label 112; unset label 113"

do for [i = 0:panels - 1] {
    eval panel_place(i)
    set label 1 panel_name[i + 1] at graph 0, graph 1 offset 0, 0.7 left font letters(13)
    set label 2 panel_note[i + 1] at graph 1, graph 1 offset 0, 0.7 right font letters(10) textcolor rgb grey
    set format x (panel_is_lowest(i) ? "%g" : "")
    set xlabel (panel_is_lowest(i) ? x_title : "") offset 0, 0.3
    set format y (panel_is_left(i) ? "%g" : "")
    set ylabel (panel_is_left(i) ? y_title : "") offset 0.5, 0
    plot name.".tsv" index i using 1:2 with filledcurves y1=0 lc rgb shade, \
         "" index i using 1:3 with lines lw 2 lc rgb blue, \
         "" index i using 1:4 with lines lw 2 dt (6, 3) lc rgb vermillion, \
         "" index i using 1:(has_huge > 0 ? column(5) : NaN) with lines lw 2 lc rgb orange
    eval texts_done
    eval key_done
}
unset multiplot
