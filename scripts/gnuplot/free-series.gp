# free-series.gp -- bytes in free blocks of each power of two over the operations, a panel per
# allocator. Columns: operation, binary logarithm of the size, bytes, ends of the box in operations.

set multiplot
set xrange [0:x_most]
set yrange [y_least:y_most]
set xtics x_step
set logscale cb
set cbrange [colour_most / 10000:colour_most]
set palette defined (0 "#E3EEF5", 0.5 "#5BA3CF", 1 "#08306B")
set cbtics scale 0.5
set style fill solid 1 noborder
do for [i = 0:panels - 1] {
    eval panel_place(i)
    set label 1 panel_name[i + 1] at graph 0, graph 1 offset 0, 0.7 left font letters(13)
    set format x (panel_is_lowest(i) ? "%g" : "")
    set xlabel (panel_is_lowest(i) ? x_title : "") offset 0, 0.3
    set ytics 1 format ""
    if (panel_is_left(i)) { eval "set ytics (".y_tics.")" }
    set ylabel (panel_is_left(i) ? y_title : "") offset 0.5, 0
    if (i == 0) {
        set colorbox user origin screen 1 - 85 / width, screen bottom / height \
            size screen 18 / width, screen 1 - (top + bottom) / height
    } else { unset colorbox }
    plot name.".tsv" index i using 1:2:4:5:($2 - 0.5):($2 + 0.5):3 with boxxyerror lc palette
    eval texts_done
}
unset multiplot
