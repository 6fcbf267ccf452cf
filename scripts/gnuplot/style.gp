# What all pictures share: paper, letters, colours, and where the panels lie.

if (!exists("format")) format = "png"
set encoding utf8
# Sizes of letters are points in a PNG, pixels in an SVG, whose marks are larger, too.
is_svg = format eq "svg"
letters(points) = sprintf(",%.0f", is_svg ? 1.31 * points : points)
mark_size = is_svg ? 0.6 : 1.2
if (is_svg) {
    set terminal svg size width, height dynamic noenhanced font "sans-serif,17" background "white"
} else {
    set terminal pngcairo size 2*width, 2*height noenhanced font "sans-serif,13" \
        fontscale 2 linewidth 2 pointscale 2
}
set output name.".".format
set datafile separator "\t"
set datafile missing "NaN"

# The palette of Okabe & Ito (2008), which people of all kinds of colour vision tell apart.
blue = "#0072B2"; orange = "#E69F00"; vermillion = "#D55E00"; grey = "#767676"; pale = "#DDDDDD"

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
set label 102 subtitle at screen 12 / width, screen 1 - 42 / height left textcolor rgb grey
set label 103 caption at screen 12 / width, screen 14 / height left textcolor rgb grey font letters(11)
# The texts belong to the picture: drawn with each panel they would look bold.
texts_done = "unset label 101; unset label 102; unset label 103"
