using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Prozchain.Shared;

/// <summary>One lane: a plain word.</summary>
internal readonly struct Quads1 : IQuadLanes<ulong>
{
    public static int Count => 1;

    public static ulong Broadcast(ulong value) => value;

    public static ulong Join(ref readonly uint low, ref readonly uint high) => low | (ulong)high << 32;

    public static ulong Xor(ulong a, ulong b) => a ^ b;

    public static ulong Xor3(ulong a, ulong b, ulong c) => a ^ b ^ c;

    public static ulong Chi(ulong a, ulong b, ulong c) => a ^ (~b & c);

    public static ulong RotateLeft(ulong a, [ConstantExpected] byte bits) => BitOperations.RotateLeft(a, bits);
}
