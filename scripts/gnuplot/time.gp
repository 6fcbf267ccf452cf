# time.gp -- a bar per allocator, a panel per trace; all panels have one scale.
# Columns: trace, allocator, ns/op, low and high end of its interval, floor, colour, label and
# where it begins, end of the bar (cut, as is its interval, where it is far longer than others).

set multiplot
set xrange [0:x_most]
set grid noytics
set xtics x_step
do for [i = 0:panels - 1] {
    eval panel_place(i)
    set yrange [row_count[i + 1] - 0.4:-0.6]
    set label 1 panel_name[i + 1] at graph 0, graph 1 offset 0, 0.7 left font letters(14)
    set format x (panel_is_lowest(i) ? "%g" : "")
    set xlabel (panel_is_lowest(i) ? "ns per operation" : "") offset 0, 0.3
    row_name(text) = names_shared > 0 && !panel_is_left(i) ? "" : text
    # Where no difference was measured, only the outline is drawn: grey paper shows it, too.
    plot name.".tsv" index i using 10:0:(0):10:($0 - 0.36):($0 + 0.36):7:ytic(row_name(strcol(2))) \
            with boxxyerror lc rgb variable, \
         "" index i using ($7 == same ? $10 : 0):0:(0):($7 == same ? $10 : 0):($0 - 0.3):($0 + 0.3) \
            with boxxyerror lc rgb "#F4F4F4", \
         "" index i using ($10 < $3 ? NaN : $3):0:4:($5 > $9 ? $9 : $5) with xerrorbars pt 0 lw 1.3 lc rgb "black", \
         "" index i using 6:($0 - 0.5):(0):(1) with vectors nohead dt (4, 3) lw 1.3 lc rgb "black", \
         "" index i using 9:0:8 with labels left offset 0.4, 0 font letters(11)
    eval texts_done
}
unset multiplot
