# cache.gp -- two bars per allocator, a panel per trace; all panels have one scale.
# Columns: trace, allocator, misses per op of the first and of the last level, the floor's first.

set multiplot
set xrange [0:x_most]
set grid noytics
set xtics x_step
do for [i = 0:panels - 1] {
    eval panel_place(i)
    set yrange [row_count[i + 1] - 0.4:-0.6]
    set label 1 panel_name[i + 1] at graph 0, graph 1 offset 0, 0.7 left font letters(14)
    set format x (panel_is_lowest(i) ? "%g" : "")
    set xlabel (panel_is_lowest(i) ? "misses per operation" : "") offset 0, 0.3
    row_name(text) = names_shared > 0 && !panel_is_left(i) ? "" : text
    plot name.".tsv" index i using 3:0:(0):3:($0 - 0.38):($0 - 0.02):ytic(row_name(strcol(2))) \
            with boxxyerror lc rgb blue, \
         "" index i using 4:0:(0):4:($0 + 0.02):($0 + 0.38) with boxxyerror lc rgb orange, \
         "" index i using 5:($0 - 0.5):(0):(1) with vectors nohead dt (4, 3) lw 1.3 lc rgb "black", \
         "" index i using 3:($0 - 0.2):(sprintf("%.3f", $3)) with labels left offset 0.4, 0 \
            font letters(10), \
         "" index i using 4:($0 + 0.2):(sprintf("%.3f", $4)) with labels left offset 0.4, 0 \
            font letters(10)
    eval texts_done
}
unset multiplot
