# latency.gp -- how long each share of the operations takes, a line per allocator, a panel each for
# malloc and free of a trace. Columns: 1 / (1 - share), ns. Each panel has the floor's curve, then of
# each allocator the curve and the marks of p50, p90, p99, p99.9 and p99.99.

set multiplot
set logscale xy
set xrange [2:10000]
set yrange [y_least:y_most]

do for [i = 0:panels - 1] {
    eval panel_place(i)
    set label 1 panel_name[i + 1] at graph 0, graph 1 offset 0, 0.7 left font letters(14)
    set xtics ("50%%" 2, "90%%" 10, "99%%" 100, "99.9%%" 1000, "99.99%%" 10000)
    if (panel_is_lowest(i)) {
        set format x "%g"
    } else {
        set xtics ("" 2, "" 10, "" 100, "" 1000, "" 10000)
    }
    set xlabel (panel_is_lowest(i) ? "share of the operations that take less" : "") offset 0, 0.3
    set format y (panel_is_left(i) ? "%g" : "")
    set ylabel (panel_is_left(i) ? "ns" : "") offset 0.5, 0
    first = first_row[i + 1]
    last = last_row[i + 1]
    # Before this panel's sets stand two of each earlier row and one of each earlier panel's floor.
    plot name.".tsv" index 2 * (first - 1) + i using 1:2 with lines lw 4 lc rgb 0xAAAAAA, \
         for [k = first:last] "" index 2 * (k - 1) + i + 1 using 1:2 \
            with lines lw 1.6 dt row_dash[k] lc rgb row_colour[k], \
         for [k = first:last] "" index 2 * (k - 1) + i + 2 using 1:2 \
            with points pt row_mark[k] ps 0.9 * mark_size lc rgb row_colour[k]
    eval texts_done
}
unset multiplot
