# lines.gp -- a line per allocator with intervals, each panel on axes of its own.
# Columns: binary logarithm of x, y, low and high end of its interval; a set for each line.

set multiplot
set logscale y
do for [i = 0:panels - 1] {
    eval panel_place(i)
    set label 1 panel_name[i + 1] at graph 0, graph 1 offset 0, 0.7 left font letters(14)
    set xrange [x_least[i + 1]:x_most[i + 1]]
    set yrange [y_least[i + 1]:y_most[i + 1]]
    eval "set xtics (".x_tics[i + 1].")"
    eval "set ytics (".y_tics[i + 1].")"
    set xlabel x_title offset 0, 0.3
    set ylabel y_title[i + 1] offset 0.5, 0
    plot for [k = first_line[i + 1]:last_line[i + 1]] name.".tsv" index k - 1 using 1:2 \
            with lines lw 1.6 dt line_dash[k] lc rgb line_colour[k], \
         for [k = first_line[i + 1]:last_line[i + 1]] "" index k - 1 using 1:2:3:4 \
            with yerrorbars pt 0 lw 1 lc rgb line_colour[k], \
         for [k = first_line[i + 1]:last_line[i + 1]] "" index k - 1 using 1:2 \
            with points pt line_mark[k] ps 0.9 * mark_size lc rgb line_colour[k]
    eval texts_done
}
unset multiplot
