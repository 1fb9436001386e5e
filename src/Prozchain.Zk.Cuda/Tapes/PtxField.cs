using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Cuda.Tapes;

/// <summary>The numbers of a field and its extension, as text of kernels has them; elements in Montgomery form.</summary>
/// <param name="P">The prime, below 2^31.</param>
/// <param name="Mu">P^-1 modulo 2^32.</param>
/// <param name="One">The element 1.</param>
/// <param name="Degree">Of the extension, by a root of x^Degree = Constant + Middle x^MiddlePower.</param>
/// <param name="Constant">The constant term.</param>
/// <param name="MiddlePower">The power of the middle term, or 0 for none.</param>
/// <param name="Middle">The middle term.</param>
internal sealed record PtxField(uint P, uint Mu, uint One, int Degree, uint Constant, int MiddlePower, uint Middle)
{
    public static PtxField Of<TField, TParameters>()
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
    {
        uint p = (uint)TParameters.BaseOrder, mu = p;
        // Each step doubles the low bits that are right: p p = 1 modulo 8.
        for (int i = 0; i < 4; i++) mu *= 2 - p * mu;
        return new(p, mu, Bits(TField.One), TParameters.Degree, Bits(TParameters.Constant), TParameters.MiddlePower, Bits(TParameters.Middle));
    }

    /// <summary>An element as its 32 bits.</summary>
    public static uint Bits<TField>(TField element) where TField : unmanaged => Unsafe.BitCast<TField, uint>(element);
}
