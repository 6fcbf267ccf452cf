# frag-table.gp -- a table of allocators and traces with shaded cells, and their geometric means.
# Columns: column, row, ratio.

eval panel_place(0)
set xrange [-0.5:traces + 0.6]
set yrange [rows - 0.5:-0.5]
unset border
unset grid
set tics scale 0
unset xtics
font12 = letters(12)
set ytics font font12
set ytics ()
set for [i = 1:rows] ytics add (row_name[i] i - 1)
set for [i = 1:traces + 1] label 200 + i column_name[i] \
    at first i - (i > traces ? 0.9 : 1), graph 1 offset 0, 0.9 left rotate by 30 font font12
set logscale cb
set cbrange [1:value_most]
set palette defined (0 "#F4F8FB", 0.5 "#6BAED6", 1 "#08306B")
unset colorbox
# On the darkest cells letters are white.
is_dark(value) = log(value) > 0.65 * log(value_most)
place(column) = column + (column == traces ? 0.1 : 0)
plot name.".tsv" using (place($1)):2:(0.48):(0.46):3 with boxxyerror lc palette, \
     "" using (is_dark($3) ? NaN : place($1)):2:(sprintf("%.2f", $3)) with labels \
        font letters(11) textcolor rgb "#010101", \
     "" using (is_dark($3) ? place($1) : NaN):2:(sprintf("%.2f", $3)) with labels \
        font letters(11) textcolor rgb "white"
