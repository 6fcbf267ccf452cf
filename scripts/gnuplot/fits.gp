# fits.gp -- the sequential fits' time against the number of free blocks, by tree and by list.
# Variables: folder, with a file FIT-INDEX.tsv for each line (from scripts/bench-fits.sh).
set terminal pngcairo size 1800,1200 fontscale 2 linewidth 2 pointscale 2
set output folder."/fits.png"
set logscale xy
set format "10^{%T}"
set xlabel "free blocks"
set ylabel "ns an allocation and its free"
set key left top
set grid
fits = "firstfit nextfit bestfit worstfit"
plot for [i = 1:4] folder."/".word(fits, i)."-list.tsv" using 1:2:3:4 \
         title word(fits, i).", list" with yerrorlines lc i dt 2 pt 6, \
     for [i = 1:4] folder."/".word(fits, i)."-tree.tsv" using 1:2:3:4 \
         title word(fits, i).", tree" with yerrorlines lc i dt 1 pt 7
