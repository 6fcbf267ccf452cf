# trace-live.gp -- live bytes over the operations of a trace: all, then of several threads each one's.
# Columns: first operation of a mean, mean of live bytes, in the units of the axes.

set multiplot
set xrange [0:x_most]
set yrange [0:y_most]
set xtics x_step
set ytics y_step
do for [i = 0:panels - 1] {
    eval panel_place(i)
    set label 1 panel_name[i + 1] at graph 0, graph 1 offset 0, 0.7 left font letters(13)
    set label 2 panel_note[i + 1] at graph 1, graph 1 offset 0, 0.7 right font letters(10) textcolor rgb grey
    set format x (panel_is_lowest(i) ? "%g" : "")
    set xlabel (panel_is_lowest(i) ? x_title : "") offset 0, 0.3
    set ylabel y_title offset 0.5, 0
    if (i == 0) {
        do for [k = 2:phases] {
            set arrow 200+k from phase_start[k], graph 0 to phase_start[k], graph 1 nohead \
                lw 1 dt (8, 6) lc rgb vermillion front
        }
    }
    plot name.".tsv" index i using 1:2 with fillsteps lc rgb shade, \
         "" index i using 1:2 with steps lw 2 lc rgb blue
    eval texts_done
    if (i == 0) { do for [k = 2:phases] { unset arrow 200+k } }
}
unset multiplot
