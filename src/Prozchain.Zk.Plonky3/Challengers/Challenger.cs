using Prozchain.Shared;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Challengers;

/// <summary>The Fiat-Shamir transcript of the peer: absorbs messages, samples challenges. No labels and no lengths: the statement fixes the order.</summary>
internal abstract class Challenger<TField, TExt>
    where TField : unmanaged, IField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    public abstract void Absorb(TField value);

    /// <summary>Absorbs a cap: its digests in order.</summary>
    public abstract void Absorb(ReadOnlySpan<Bytes32> cap);

    public abstract TField SampleField();

    /// <summary>The low bits of one draw.</summary>
    /// <param name="count">0 to 30.</param>
    public abstract int SampleBits(int count);

    public abstract Challenger<TField, TExt> Clone();

    public void AbsorbInteger(int value) => Absorb(TField.FromUInt64((ulong)value));

    /// <summary>As a coefficient and zeros.</summary>
    public void AbsorbExtensionInteger(int value) => AbsorbExtension(TExt.FromUInt64((ulong)value));

    public void AbsorbExtension(TExt value)
    {
        for (int i = 0; i < TExt.Degree; i++) Absorb(value[i]);
    }

    public void AbsorbExtensions(ReadOnlySpan<TExt> values)
    {
        foreach (TExt value in values) AbsorbExtension(value);
    }

    public TExt SampleExtension()
    {
        Span<TField> coefficients = stackalloc TField[TExt.Degree];
        foreach (ref TField coefficient in coefficients) coefficient = SampleField();
        return TExt.FromCoefficients(coefficients);
    }

    /// <summary>Whether a witness is work enough; at 0 bits it is not even looked at.</summary>
    public bool CheckWork(int bits, TField witness)
    {
        if (bits == 0) return true;
        Absorb(witness);
        return SampleBits(bits) == 0;
    }

    /// <summary>Finds the lowest witness and goes on from it.</summary>
    public TField Grind(int bits, CancellationToken cancellation)
    {
        if (bits == 0) return TField.Zero;
        TField witness = TField.Zero;
        while (!Clone().CheckWork(bits, witness))
        {
            cancellation.ThrowIfCancellationRequested();
            witness += TField.One;
        }
        CheckWork(bits, witness);
        return witness;
    }
}
