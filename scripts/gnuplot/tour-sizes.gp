# tour-sizes.gp -- the size of a block against its request, a panel per allocator.
# Columns: request, block.

set multiplot
set xrange [0:x_most]
set yrange [0:y_most]
set xtics x_step
set ytics y_step
do for [i = 0:panels - 1] {
    eval panel_place(i)
    set label 1 panel_name[i + 1] at graph 0, graph 1 offset 0, 0.7 left font letters(13)
    set format x (panel_is_lowest(i) ? "%g" : "")
    set xlabel (panel_is_lowest(i) ? "request, bytes" : "") offset 0, 0.3
    set format y (panel_is_left(i) ? "%g" : "")
    set ylabel (panel_is_left(i) ? "block, bytes" : "") offset 0.5, 0
    plot name.".tsv" index i using 1:1:2 with filledcurves lc rgb shade, \
         "" index i using 1:2 with lines lw 2 lc rgb blue, \
         "" index i using 1:1 with lines lw 1.2 dt (6, 3) lc rgb grey
    eval texts_done
}
unset multiplot
