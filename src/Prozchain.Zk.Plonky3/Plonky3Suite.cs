using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Challengers;
using Prozchain.Zk.Plonky3.Hashing;
using Prozchain.Zk.Plonky3.Stark;

namespace Prozchain.Zk.Plonky3;

/// <summary>What proofs are made of: a field with its challenge field, domains, a tree's hash and a transcript. See <see cref="Plonky3Suites"/>. Thread-safe.</summary>
/// <typeparam name="TField">The field of traces.</typeparam>
/// <typeparam name="TExt">The challenge field.</typeparam>
public sealed class Plonky3Suite<TField, TExt>
    where TField : unmanaged, IField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    private readonly Func<Challenger<TField, TExt>> _challenger;

    internal Plonky3Suite(Pcs<TField, TExt> pcs, TreeHash<TField> hash, Func<Challenger<TField, TExt>> challenger) =>
        (Pcs, Hash, _challenger) = (pcs, hash, challenger);

    internal Pcs<TField, TExt> Pcs { get; }

    internal TreeHash<TField> Hash { get; }

    internal Challenger<TField, TExt> CreateChallenger() => _challenger();
}
