# tour-isolated.gp -- what a heap holds before and after requests that its holes cannot serve, a bar
# per allocator. Columns: allocator, live, held before, held after.

set multiplot
eval panel_place(0)
set xrange [0:x_most]
set yrange [rows - 0.4:-0.6]
set xtics x_step
set grid noytics
set xlabel "held from the system, million bytes" offset 0, 0.3
plot name.".tsv" using 4:0:3:4:($0 - 0.32):($0 + 0.32) with boxxyerror lc rgb orange, \
     "" using 3:0:2:3:($0 - 0.32):($0 + 0.32) with boxxyerror lc rgb shade, \
     "" using 2:0:(0):2:($0 - 0.32):($0 + 0.32):ytic(1) with boxxyerror lc rgb blue
eval texts_done
unset multiplot
