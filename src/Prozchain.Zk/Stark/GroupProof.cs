using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Stark;

/// <summary>A proof of a list, with what it is to prove.</summary>
/// <param name="Key">Its key; those of one list may differ, but for the shared buses, the extension and the grinding of the shared challenges.</param>
/// <param name="PublicValues">The public values of each of its tables.</param>
/// <param name="Proof">The proof, untrusted.</param>
/// <param name="Messages">Its public messages, on buses of its own; null for none.</param>
/// <typeparam name="TField">The field of the traces.</typeparam>
public sealed record GroupProof<TField>(StarkKey<TField> Key, IReadOnlyList<TField[]> PublicValues, StarkProof Proof, IReadOnlyList<PublicMessage<TField>>? Messages = null)
    where TField : unmanaged, ITwoAdicField<TField>;
