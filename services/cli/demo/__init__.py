"""`chokepoint demo`: four years of export controls, replayed to three made-up buyers by a system of its own."""
