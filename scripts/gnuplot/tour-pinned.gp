# tour-pinned.gp -- the resident pages of a heap after each step, a panel per allocator.
# Columns: step, first page of a run of resident ones, its end, pages of the heap.

set multiplot
set xrange [0:x_most]
set yrange [3.6:-0.6]
set xtics x_step
set ytics ("full" 0, "freed" 1, "madvised" 2, "used again" 3)
set grid noytics
do for [i = 0:panels - 1] {
    eval panel_place(i)
    set label 1 panel_name[i + 1] at graph 0, graph 1 offset 0, 0.7 left font letters(13)
    set format x (panel_is_lowest(i) ? "%g" : "")
    set xlabel (panel_is_lowest(i) ? "page of the heap" : "") offset 0, 0.3
    plot name.".tsv" index i using 2:1:(0):4:($1 - 0.35):($1 + 0.35) with boxxyerror lc rgb pale, \
         "" index i using 2:1:2:3:($1 - 0.35):($1 + 0.35) with boxxyerror lc rgb blue
    eval texts_done
}
unset multiplot
