# series.gp -- the figure of a paper: series of points over shared axes, a panel each.
# Data: block i holds series i, columns x and y. Variables: series_panel, _name, _colour, _mark,
# _dash, _style (0 lines, 1 points, 2 a reference line), _key (its place in the key).

set multiplot
if (panels > 1 || exists("x_tics")) { eval sprintf("set xtics font '%s'", letters(10)) }
if (x_is_log2) { set logscale x 2 }
if (y_is_log) { set logscale y }
set xrange [x_least:x_most]
if (panels_share_y) { set yrange [y_least:y_most] } else { set offsets graph 0, 0, graph 0.06, graph 0.06 }

# The key, right of the panels: an entry for each name.
key_left = 1 - 215.0 / width
key_height(i) = panel_top(0) - (8 + 22 * series_key[i]) / height
do for [i = 1:series_count] {
    if (series_style[i] != 1) {
        set arrow 200 + series_key[i] from screen key_left, screen key_height(i) \
            to screen key_left + 30.0 / width, screen key_height(i) nohead \
            lc rgb series_colour[i] dt series_dash[i] lw 1.5
    }
    if (series_style[i] != 2) {
        set label 400 + series_key[i] "" at screen key_left + 15.0 / width, screen key_height(i) \
            point pt series_mark[i] ps mark_size * 0.8 lc rgb series_colour[i]
    }
    set label 200 + series_key[i] series_name[i] at screen key_left + 38.0 / width, \
        screen key_height(i) left font letters(11)
}

do for [panel = 0:panels - 1] {
    eval panel_place(panel)
    set label 1 panel_name[panel + 1] at graph 0, graph 1 offset 0, 0.7 left font letters(13)
    set xlabel (panel_is_lowest(panel) ? x_title : "") offset 0, 0.3
    set ylabel (panel_is_left(panel) ? y_title : "") offset 0.5, 0
    of(i) = series_panel[i] == panel
    plot for [i = 1:series_count] name.".tsv" index i - 1 \
            using (of(i) && series_style[i] != 1 ? $1 : NaN):2 with lines \
            lw 1.5 dt series_dash[i] lc rgb series_colour[i], \
         for [i = 1:series_count] "" index i - 1 \
            using (of(i) && series_style[i] != 2 ? $1 : NaN):2 with points \
            pt series_mark[i] ps mark_size * 0.8 lc rgb series_colour[i]
    unset label
    unset arrow
}
unset multiplot
