# A DocBook book with chapters, sections, lists, cross-references and an index: awk -f book.awk
BEGIN {
    print "<?xml version=\"1.0\"?>\n<book><title>Allocators</title>"
    for (c = 0; c < 5; c++) {
        printf "<chapter id=\"c%d\"><title>Chapter %d</title>\n", c, c
        for (s = 0; s < 4; s++) {
            printf "<section id=\"c%ds%d\"><title>Section %d.%d</title>\n", c, s, c, s
            for (p = 0; p < 8; p++) {
                printf "<para>A block of <literal>%d</literal> bytes, see <xref linkend=\"c%ds%d\"/>;", c * s * p, (c * 7 + p) % 5, s
                print " <emphasis>its</emphasis> header says so."
                printf "<indexterm><primary>block</primary><secondary>%d</secondary></indexterm></para>\n", p
            }
            print "<itemizedlist>"
            for (i = 0; i < 5; i++) printf "<listitem><para>item %d</para></listitem>\n", i
            print "</itemizedlist></section>"
        }
        print "</chapter>"
    }
    print "<index/></book>"
}
