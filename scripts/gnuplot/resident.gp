# resident.gp -- a bar per allocator, a panel per trace; all panels have one scale.
# Columns: trace, allocator, peak resident over peak live, low and high end of its interval, peak
# footprint over peak live, runs, where the label begins.

set multiplot
set xrange [0:x_most]
set grid noytics
set xtics x_step
do for [i = 0:panels - 1] {
    eval panel_place(i)
    set yrange [row_count[i + 1] - 0.4:-0.6]
    set label 1 panel_name[i + 1] at graph 0, graph 1 offset 0, 0.7 left font letters(14)
    set format x (panel_is_lowest(i) ? "%g" : "")
    set xlabel (panel_is_lowest(i) ? "peak resident ÷ peak live" : "") offset 0, 0.3
    set arrow 1 from first 1, graph 0 to first 1, graph 1 nohead front dt (4, 3) lw 1.3 lc rgb "black"
    row_name(text) = names_shared > 0 && !panel_is_left(i) ? "" : text
    plot name.".tsv" index i using 3:0:(0):3:($0 - 0.34):($0 + 0.34):ytic(row_name(strcol(2))) \
            with boxxyerror lc rgb sky, \
         "" index i using 3:0:4:5 with xerrorbars pt 0 lw 1.3 lc rgb "black", \
         "" index i using 6:0 with points pt 12 ps mark_size lw 1.5 lc rgb "black", \
         "" index i using 8:0:(sprintf("%.2f", $3)) with labels left offset 0.8, 0 font letters(11)
    eval texts_done
}
unset multiplot
