# What all pictures share: paper, letters, colours, and where the panels lie.

if (!exists("format")) format = "png"
set encoding utf8
# Sizes of letters are points in a PNG, pixels in an SVG, whose marks are larger, too. A PDF's page is
# an inch for each 96 pixels.
is_svg = format eq "svg"
letters(points) = sprintf(",%.0f", is_svg ? 1.31 * points : points)
mark_size = is_svg ? 0.6 : format eq "pdf" ? 0.8 : 1.2

# Texts of several lines push the panels down, and the lower edge.
title_more = 24 * (title_lines - 1)
subtitle_more = exists("subtitle_lines") ? 19 * (subtitle_lines - 1) : 0
caption_more = 16 * (caption_lines - 1)
top = top + title_more + subtitle_more
bottom = bottom + caption_more
height = height + title_more + subtitle_more + caption_more
if (!exists("subtitle")) subtitle = ""

if (is_svg) {
    set terminal svg size width, height dynamic noenhanced font "sans-serif,17" background "white"
} else { if (format eq "pdf") {
    set terminal pdfcairo size width / 96.0, height / 96.0 noenhanced font "sans-serif,13" \
        fontscale 0.73 linewidth 1.3
} else { if (format eq "gif") {
    set terminal gif animate delay 12 loop 0 size width, height font "sans,12"
} else {
    set terminal pngcairo size 2*width, 2*height noenhanced font "sans-serif,13" \
        fontscale 2 linewidth 2 pointscale 2
} } }
set output name.".".format
set datafile separator "\t"
set datafile missing "NaN"

# The palette of Okabe & Ito (2008), which people of all kinds of colour vision tell apart.
shade = "#CFE3F0"; sky = "#8EC1E0"; blue = "#0072B2"; orange = "#E69F00"; vermillion = "#D55E00"; grey = "#767676"; pale = "#DDDDDD"

set border 3 linecolor rgb grey
set tics nomirror scale 0.5 textcolor rgb "black"
set grid linecolor rgb pale linewidth 0.7 linetype 1
set style fill solid 1 noborder
unset key

# Panel i, from 0, row by row: its edges as fractions of the picture.
panel_left(i) = (left + (i % columns) * (panel_width + gap_x)) / width
panel_top(i) = 1 - (top + (i / columns) * (panel_height + gap_y)) / height
panel_place(i) = sprintf("set lmargin at screen %f; set rmargin at screen %f;" \
    ."set tmargin at screen %f; set bmargin at screen %f", \
    panel_left(i), panel_left(i) + panel_width / width, \
    panel_top(i), panel_top(i) - panel_height / height)
panel_is_left(i) = i % columns == 0
panel_is_lowest(i) = i + columns >= panels

set label 101 title at screen 12 / width, screen 1 - 18 / height left font letters(15)
set label 102 subtitle at screen 12 / width, screen 1 - (42 + title_more) / height left \
    textcolor rgb grey
set label 103 caption at screen 12 / width, screen (14 + caption_more) / height left \
    textcolor rgb grey font letters(11)
# The texts belong to the picture: drawn with each panel they would look bold.
texts_done = "unset label 101; unset label 102; unset label 103"

# The key, in rows under the titles: gnuplot's own would stack. The floor's line is its last entry.
if (exists("key_entries")) {
    key_x(j, pixels) = (12 + (j % key_columns) * key_pixels + pixels) / width
    key_y(j) = 1 - (key_top + title_more + subtitle_more + (j / key_columns) * 20) / height
    do for [j = 0:key_entries - 1] {
        is_floor = key_has_floor > 0 && j == key_entries - 1
        key_rgb = is_floor ? 0xAAAAAA : key_colour[j + 1]
        key_dt = is_floor ? 1 : key_dash[j + 1]
        set arrow 200 + j from screen key_x(j, 0), screen key_y(j) to screen key_x(j, 34), \
            screen key_y(j) nohead lw (is_floor ? 4 : 1.6) dt key_dt lc rgb key_rgb
        set label 200 + j key_name[j + 1] at screen key_x(j, 42), screen key_y(j) left
        if (!is_floor) {
            set label 300 + j "" at screen key_x(j, 17), screen key_y(j) \
                point pt key_mark[j + 1] ps 0.9 * mark_size lc rgb key_rgb
        }
        texts_done = texts_done.sprintf("; unset arrow %d; unset label %d", 200 + j, 200 + j) \
            .(is_floor ? "" : sprintf("; unset label %d", 300 + j))
    }
}
