using System.Runtime.CompilerServices;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>What the kernel that divides by x^N - 1 needs on a block, uploaded: the block's points as products of two powers, and the divisors' inverses.</summary>
internal sealed class DivisionPoints<TField> : IDisposable where TField : unmanaged, ITwoAdicField<TField>
{
    /// <param name="session">Owns the memory.</param>
    /// <param name="logBlock">log2 of the points.</param>
    /// <param name="logRows">log2 of N.</param>
    /// <param name="shift">The first point.</param>
    public DivisionPoints(DeviceSession session, int logBlock, int logRows, TField shift)
    {
        LogLow = (logBlock + 1) / 2;
        TField root = TField.TwoAdicGenerator(logBlock), last = TField.TwoAdicGenerator(logRows).Inverse();
        BeforeFirst = Unsafe.BitCast<TField, uint>(last);
        Low = session.Upload<TField>(Powers(TField.One, root, 1 << LogLow), "points");
        High = session.Upload<TField>(Powers(shift, FieldMath.Power(root, 1UL << LogLow), 1 << (logBlock - LogLow)), "points");
        // x^N is shift^N times a power of a root of order K / N, which is 1 or 2: in bit-reversed order the half at hand chooses.
        TField first = FieldMath.Power(shift, 1UL << logRows);
        Inverses = session.Upload<TField>([(first - TField.One).Inverse(), logBlock <= logRows ? default : (-first - TField.One).Inverse()], "divisors");
    }

    /// <summary>root^i.</summary>
    public DeviceBuffer Low { get; }

    /// <summary>shift * root^(i * 2^LogLow).</summary>
    public DeviceBuffer High { get; }

    public int LogLow { get; }

    /// <summary>Of x^N - 1 on the first N positions, and the next N.</summary>
    public DeviceBuffer Inverses { get; }

    /// <summary>The last point of the trace's domain, in Montgomery form.</summary>
    public uint BeforeFirst { get; }

    public void Dispose()
    {
        Low.Dispose();
        High.Dispose();
        Inverses.Dispose();
    }

    private static TField[] Powers(TField first, TField step, int count)
    {
        var powers = new TField[count];
        powers[0] = first;
        for (int i = 1; i < count; i++) powers[i] = powers[i - 1] * step;
        return powers;
    }
}
