namespace Prozchain.Shared;

/// <summary>Messages of one length for a sponge over 64-bit words, one message a lane of as many states as there are.</summary>
internal interface IQuadSource
{
    /// <summary>Bytes of every message.</summary>
    int Length { get; }

    /// <summary>Xors whole 64-bit words of every message into the first vectors of its state.</summary>
    /// <param name="states">25 vectors for every so many messages as a vector has lanes, in their order.</param>
    /// <param name="offset">The first word's byte, a multiple of 8.</param>
    /// <param name="quads">How many words, 0 to 17.</param>
    void Absorb<TLanes, TVector>(ref TVector states, int offset, int quads)
        where TLanes : struct, IQuadLanes<TVector>
        where TVector : unmanaged;

    /// <summary>Has the processor fetch a part of the words that follow, while it permutes; nothing for words that it expects.</summary>
    /// <param name="offset">Where they start; there need not be any.</param>
    /// <param name="part">0 to parts - 1.</param>
    /// <param name="parts">Parts of a block.</param>
    void Fetch(int offset, int part, int parts);

    /// <summary>The last 0 to 7 bytes of a message, zero above. Any lane of a vector may be asked for.</summary>
    ulong Tail(int message, int offset, int bytes);
}
