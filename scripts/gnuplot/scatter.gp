# scatter.gp -- memory against time, a point per allocator, panels on the same axes.
# Columns: panel, allocator, time ratio, low and high end of its interval, memory ratio, colour,
# mark, place of the label and its alignment, end of its leader line. Where there is a front, its
# lines follow, a set for each panel.

set multiplot
set logscale xy
set xrange [x_least:x_most]
set yrange [y_least:y_most]
do for [i = 0:panels - 1] {
    eval panel_place(i)
    set label 1 panel_name[i + 1] at graph 0, graph 1 offset 0, 0.7 left font letters(14)
    set format x (panel_is_lowest(i) ? "%g" : "")
    set xlabel (panel_is_lowest(i) ? x_title : "") offset 0, 0.3
    set format y (panel_is_left(i) ? "%g" : "")
    set ylabel (panel_is_left(i) ? y_title : "") offset 0.5, 0
    set arrow 1 from first 1, graph 0 to first 1, graph 1 nohead back dt (4, 3) lc rgb grey
    plot name.".tsv" \
            index (has_front > 0 ? panels + i : i) using (has_front > 0 ? $1 : NaN):2 \
            with lines lw 5 lc rgb shade, \
         "" index i using 3:6:($12 - $3):($13 - $6) with vectors nohead lw 0.7 lc rgb grey, \
         "" index i using 3:6:4:5 with xerrorbars pt 0 lw 1.2 lc rgb grey, \
         "" index i using 3:6:8:7 with points pt variable ps mark_size lc rgb variable, \
         "" index i using ($11 > 0 ? $9 : NaN):10:2 with labels left font letters(11), \
         "" index i using ($11 < 0 ? $9 : NaN):10:2 with labels right font letters(11), \
         "" index i using ($11 == 0 ? $9 : NaN):10:2 with labels center font letters(11)
    eval texts_done
}
unset multiplot
