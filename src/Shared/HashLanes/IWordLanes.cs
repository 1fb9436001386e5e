using System.Diagnostics.CodeAnalysis;

namespace Prozchain.Shared;

/// <summary>
/// 32-bit words in lanes, one message a lane: what the kernels of BLAKE3 and SHA-256 are written in, once for every
/// width. Static and over plain vectors, so that the JIT keeps them in registers.
/// </summary>
/// <typeparam name="TVector">A vector of words, or a word.</typeparam>
internal interface IWordLanes<TVector> where TVector : unmanaged
{
    /// <summary>Words in a vector: 16, 8, 4 or 1.</summary>
    static abstract int Count { get; }

    /// <summary>0, 1, 2, … by lane.</summary>
    static abstract TVector LaneNumbers { get; }

    static abstract TVector Broadcast(uint value);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Xor(TVector a, TVector b);

    static abstract TVector Xor3(TVector a, TVector b, TVector c);

    /// <summary>By 1 to 31 bits.</summary>
    static abstract TVector RotateRight(TVector a, [ConstantExpected] byte bits);

    static abstract TVector ShiftRight(TVector a, [ConstantExpected] byte bits);

    /// <summary>Bit by bit: <paramref name="mask"/> ? <paramref name="a"/> : <paramref name="b"/>.</summary>
    static abstract TVector Choose(TVector mask, TVector a, TVector b);

    /// <summary>Bit by bit, what at least two of the three are.</summary>
    static abstract TVector Majority(TVector a, TVector b, TVector c);

    static abstract TVector ReverseBytes(TVector a);

    /// <summary>
    /// Four words of every lane's message, each with its bytes reversed: word w to <paramref name="words"/> + w. No bounds are checked: 16 bytes are read
    /// at each message.
    /// </summary>
    /// <param name="messages">What the offsets count from.</param>
    /// <param name="offsets">Bytes to each message's words, one offset a lane.</param>
    /// <param name="words">Receives four vectors.</param>
    static abstract void LoadReversed(ref byte messages, ref nint offsets, ref TVector words);

    /// <summary>As <see cref="LoadReversed"/>, with the bytes as they are, and an offset at every <paramref name="step"/>.</summary>
    static abstract void Load(ref byte messages, ref nint offsets, ref TVector words, [ConstantExpected] int step);

    /// <summary>The inverse of <see cref="Load"/>: four words of every lane, 16 bytes at each offset. No bounds are checked.</summary>
    static abstract void Store(ref TVector words, ref byte messages, ref nint offsets, [ConstantExpected] int step);
}
