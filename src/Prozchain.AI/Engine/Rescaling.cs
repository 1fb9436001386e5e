using System.Runtime.InteropServices;
using Prozchain.AI.Kernels;

namespace Prozchain.AI.Engine;

/// <summary>What a requantising node asks of the kernels: one rounding, or one for each channel.</summary>
internal sealed class Rescaling
{
    private readonly int[] _multipliers;
    private readonly byte[] _shifts;
    private readonly int _zeroPoint, _low, _high;

    private Rescaling(int[] multipliers, byte[] shifts, int zeroPoint, int low, int high)
    {
        _multipliers = multipliers;
        _shifts = shifts;
        (_zeroPoint, _low, _high) = (zeroPoint, low, high);
    }

    /// <summary>Any, where it is not looked at: the accumulators are the result.</summary>
    public static Rescaling None { get; } = new([1], [1], 0, 0, 0);

    /// <summary>For the whole, or for each channel.</summary>
    public int Channels => _multipliers.Length;

    public Requantisation Kernel => new(_multipliers, _shifts, _zeroPoint, _low, _high);

    /// <summary>The rounding of a <see cref="OperatorKind.Requantise"/> or <see cref="OperatorKind.RequantiseChannels"/>.</summary>
    public static Rescaling Of(IntegerNode node)
    {
        ReadOnlySpan<long> a = node.Attributes;
        if (node.Kind == OperatorKind.Requantise) return Of(Rescale.Read(a));
        return new Rescaling(
            MemoryMarshal.Cast<byte, int>(node.Inputs[1].Constant!.Bytes.Span).ToArray(), node.Inputs[2].Constant!.Bytes.ToArray(), (int)a[2], (int)a[3], (int)a[4]);
    }

    public static Rescaling Of(in Rescale rescale) =>
        new([rescale.Multiplier], [(byte)rescale.Shift], rescale.ZeroPoint, rescale.Low, rescale.High);

    /// <summary>The rounding, then a clamp to [low, high]: again one clamp.</summary>
    public Rescaling Clipped(int low, int high) => new(_multipliers, _shifts, _zeroPoint, Math.Clamp(_low, low, high), Math.Clamp(_high, low, high));

    /// <summary>The channels from one on.</summary>
    public Requantisation Part(int first, int count) => new(_multipliers.AsSpan(first, count), _shifts.AsSpan(first, count), _zeroPoint, _low, _high);
}
