using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.Shared;

/// <summary>
/// SHA-256's compression (FIPS 180-4, section 6.2.2) with one message a lane. The schedule is made
/// sixteen rounds ahead of its use, so that its chain of additions and that of the rounds run side by side.
/// </summary>
internal static class Sha256Kernel<TLanes, TVector>
    where TLanes : struct, IWordLanes<TVector>
    where TVector : unmanaged
{
    private const int Rounds = 64, Ahead = 16;

    public static void Start(ref TVector state)
    {
        for (int i = 0; i < 8; i++) Unsafe.Add(ref state, i) = TLanes.Broadcast(Sha256Rounds.InitialVector[i]);
    }

    /// <summary>The state as the digest's bytes lie in memory.</summary>
    public static void Finish(ref TVector state)
    {
        for (int i = 0; i < 8; i++) Unsafe.Add(ref state, i) = TLanes.ReverseBytes(Unsafe.Add(ref state, i));
    }

    /// <param name="state">Eight vectors.</param>
    /// <param name="words">The block as it lies in memory (words not yet reversed), a vector of lanes at every <see cref="ILaneBlocks.Stride"/> words.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress(ref TVector state, ref uint words)
    {
        Span<TVector> schedule = LaneScratch.Align<TVector>(stackalloc byte[LaneScratch.Bytes<TVector>(Rounds)], Rounds);
        ref TVector w = ref MemoryMarshal.GetReference(schedule);
        for (int t = 0; t < Ahead; t++)
            Unsafe.Add(ref w, t) = TLanes.ReverseBytes(Unsafe.ReadUnaligned<TVector>(ref Unsafe.As<uint, byte>(ref Unsafe.Add(ref words, t * ILaneBlocks.Stride))));
        Run(ref state, ref w);
    }

    /// <summary>Compresses blocks of messages that lie anywhere in memory.</summary>
    /// <param name="state">Eight vectors.</param>
    /// <param name="messages">What the offsets count from.</param>
    /// <param name="offsets">Bytes to each lane's first block.</param>
    /// <param name="blocks">How many blocks of 64 bytes follow each other there.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress(ref TVector state, ref byte messages, ref nint offsets, int blocks)
    {
        Span<TVector> schedule = LaneScratch.Align<TVector>(stackalloc byte[LaneScratch.Bytes<TVector>(Rounds)], Rounds);
        ref TVector w = ref MemoryMarshal.GetReference(schedule);
        for (; blocks > 0; blocks--)
        {
            for (int t = 0; t < Ahead; t += 4, messages = ref Unsafe.Add(ref messages, 16)) TLanes.LoadReversed(ref messages, ref offsets, ref Unsafe.Add(ref w, t));
            Run(ref state, ref w);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run(ref TVector state, ref TVector w)
    {
        TVector a = state, b = Unsafe.Add(ref state, 1), c = Unsafe.Add(ref state, 2), d = Unsafe.Add(ref state, 3);
        TVector e = Unsafe.Add(ref state, 4), f = Unsafe.Add(ref state, 5), g = Unsafe.Add(ref state, 6), h = Unsafe.Add(ref state, 7);
        ref uint k = ref MemoryMarshal.GetReference(Sha256Rounds.Constants);
        // Eight rounds a turn bring every variable back to its name.
        for (int t = 0; t < Rounds - Ahead; t += 8, w = ref Unsafe.Add(ref w, 8), k = ref Unsafe.Add(ref k, 8))
        {
            Round(a, b, c, ref d, e, f, g, ref h, ref w, ref k, 0);
            Extend(ref w, 0);
            Round(h, a, b, ref c, d, e, f, ref g, ref w, ref k, 1);
            Extend(ref w, 1);
            Round(g, h, a, ref b, c, d, e, ref f, ref w, ref k, 2);
            Extend(ref w, 2);
            Round(f, g, h, ref a, b, c, d, ref e, ref w, ref k, 3);
            Extend(ref w, 3);
            Round(e, f, g, ref h, a, b, c, ref d, ref w, ref k, 4);
            Extend(ref w, 4);
            Round(d, e, f, ref g, h, a, b, ref c, ref w, ref k, 5);
            Extend(ref w, 5);
            Round(c, d, e, ref f, g, h, a, ref b, ref w, ref k, 6);
            Extend(ref w, 6);
            Round(b, c, d, ref e, f, g, h, ref a, ref w, ref k, 7);
            Extend(ref w, 7);
        }
        for (int t = 0; t < Ahead; t += 8, w = ref Unsafe.Add(ref w, 8), k = ref Unsafe.Add(ref k, 8))
        {
            Round(a, b, c, ref d, e, f, g, ref h, ref w, ref k, 0);
            Round(h, a, b, ref c, d, e, f, ref g, ref w, ref k, 1);
            Round(g, h, a, ref b, c, d, e, ref f, ref w, ref k, 2);
            Round(f, g, h, ref a, b, c, d, ref e, ref w, ref k, 3);
            Round(e, f, g, ref h, a, b, c, ref d, ref w, ref k, 4);
            Round(d, e, f, ref g, h, a, b, ref c, ref w, ref k, 5);
            Round(c, d, e, ref f, g, h, a, ref b, ref w, ref k, 6);
            Round(b, c, d, ref e, f, g, h, ref a, ref w, ref k, 7);
        }
        state = TLanes.Add(state, a);
        Unsafe.Add(ref state, 1) = TLanes.Add(Unsafe.Add(ref state, 1), b);
        Unsafe.Add(ref state, 2) = TLanes.Add(Unsafe.Add(ref state, 2), c);
        Unsafe.Add(ref state, 3) = TLanes.Add(Unsafe.Add(ref state, 3), d);
        Unsafe.Add(ref state, 4) = TLanes.Add(Unsafe.Add(ref state, 4), e);
        Unsafe.Add(ref state, 5) = TLanes.Add(Unsafe.Add(ref state, 5), f);
        Unsafe.Add(ref state, 6) = TLanes.Add(Unsafe.Add(ref state, 6), g);
        Unsafe.Add(ref state, 7) = TLanes.Add(Unsafe.Add(ref state, 7), h);
    }

    // The word sixteen rounds ahead of word t.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Extend(ref TVector w, int t)
    {
        TVector w15 = Unsafe.Add(ref w, t + 1), w2 = Unsafe.Add(ref w, t + 14);
        TVector s0 = TLanes.Xor3(TLanes.RotateRight(w15, 7), TLanes.RotateRight(w15, 18), TLanes.ShiftRight(w15, 3));
        TVector s1 = TLanes.Xor3(TLanes.RotateRight(w2, 17), TLanes.RotateRight(w2, 19), TLanes.ShiftRight(w2, 10));
        Unsafe.Add(ref w, t + Ahead) = TLanes.Add(TLanes.Add(s1, Unsafe.Add(ref w, t + 9)), TLanes.Add(s0, Unsafe.Add(ref w, t)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(TVector a, TVector b, TVector c, ref TVector d, TVector e, TVector f, TVector g, ref TVector h, ref TVector w, ref uint k, int t)
    {
        TVector s1 = TLanes.Xor3(TLanes.RotateRight(e, 6), TLanes.RotateRight(e, 11), TLanes.RotateRight(e, 25));
        TVector keyed = TLanes.Add(Unsafe.Add(ref w, t), TLanes.Broadcast(Unsafe.Add(ref k, t)));
        TVector t1 = TLanes.Add(TLanes.Add(h, keyed), TLanes.Add(s1, TLanes.Choose(e, f, g)));
        TVector s0 = TLanes.Xor3(TLanes.RotateRight(a, 2), TLanes.RotateRight(a, 13), TLanes.RotateRight(a, 22));
        d = TLanes.Add(d, t1);
        h = TLanes.Add(t1, TLanes.Add(s0, TLanes.Majority(a, b, c)));
    }
}
