using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Plonky3.Hashing;

/// <summary>A permutation of field elements as an object, since its constants may be the caller's.</summary>
internal abstract class FieldPermutation<TField> where TField : unmanaged, IField<TField>
{
    public abstract int Width { get; }

    public abstract void Permute(Span<TField> state);
}

/// <summary>A permutation of Prozchain.Zk, with the published constants.</summary>
internal sealed class PublishedPermutation<TField, TPermutation> : FieldPermutation<TField>
    where TField : unmanaged, IField<TField>
    where TPermutation : struct, IPermutation<TField>
{
    public override int Width => TPermutation.Width;

    public override void Permute(Span<TField> state) => TPermutation.Permute(state);
}
