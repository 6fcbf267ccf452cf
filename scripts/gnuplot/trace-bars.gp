# trace-bars.gp -- sizes or lifetimes of a trace, a bar per power of two, a panel per way to count.
# Columns: binary logarithm of the least number of the class, per cent, number.

set multiplot
set xrange [x_least:x_most]
set yrange [0:y_most]
set ytics y_step
set grid noxtics
do for [i = 0:panels - 1] {
    eval panel_place(i)
    set label 1 panel_name[i + 1] at graph 0, graph 1 offset 0, 0.7 left font letters(13)
    set label 2 panel_note[i + 1] at graph 1, graph 1 offset 0, 0.7 right font letters(10) textcolor rgb grey
    set format x ""
    set xtics x_first, x_step
    if (panel_is_lowest(i)) { eval "set xtics (".x_tics.")" }
    set xlabel (panel_is_lowest(i) ? x_title : "") offset 0, 0.3
    set ylabel "%" offset 0.5, 0
    plot name.".tsv" index i using 1:2:(0.8) with boxes lc rgb blue
    eval texts_done
}
unset multiplot
