"""A character-level recurrent network in numpy, and everything that trains and plays it.

Sizes, named as in the literature and used in every shape comment:

    T  seq_length      time steps of one window of truncated back-propagation
    B  batch_size      parallel streams through the text
    D  input size      V for one-hot characters, H above the first layer
    H  hidden_size     memory cells of one layer
    L  layers          stacked recurrent layers
    G  gates           of one cell: 4 of an LSTM, 3 of a GRU, 1 of a plain recurrence
    S  state           vectors that a layer remembers: h and c of an LSTM, h of the others
    P  parameters      all weights in one flat array
    V  vocabulary      distinct characters

Gates stand in PyTorch's order i, f, g, o: input, forget, candidate, output. Losses are nats per character; bits
and perplexity exist only on screens and command lines.

Sources:
    Hochreiter and Schmidhuber 1997, "Long short-term memory".
    Gers, Schmidhuber and Cummins 2000, "Learning to forget": the forget gate.
    Jozefowicz, Zaremba and Sutskever 2015: a forget bias of 1.
    Werbos 1990, Williams and Peng 1990: back-propagation through time, truncated.
    Kingma and Ba 2015: Adam. Pascanu, Mikolov and Bengio 2013: clipping the gradient's norm.
"""
