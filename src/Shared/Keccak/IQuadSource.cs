namespace Prozchain.Shared;

/// <summary>Messages of one length for a sponge over 64-bit words, one message a lane.</summary>
internal interface IQuadSource
{
    /// <summary>Bytes of every message.</summary>
    int Length { get; }

    /// <summary>Xors whole 64-bit words of every message into the first vectors of the state.</summary>
    /// <param name="state">Vectors, one a word.</param>
    /// <param name="offset">The first word's byte, a multiple of 8.</param>
    /// <param name="quads">How many words, 0 to 17.</param>
    void Absorb<TLanes, TVector>(ref TVector state, int offset, int quads)
        where TLanes : struct, IQuadLanes<TVector>
        where TVector : unmanaged;

    /// <summary>The last 0 to 7 bytes of a lane's message, zero above. Any lane of the vector may be asked for.</summary>
    ulong Tail(int lane, int offset, int bytes);
}
