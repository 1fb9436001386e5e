using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Air;

/// <summary>
/// A message on a bus that prover and verifier both know, sent or received once: it takes part in the balance of its bus as if a table
/// had it, so that a table may receive what the verifier hands in and send what the verifier takes out (docs/air.md, "Public messages").
/// </summary>
/// <param name="Bus">A bus that some table of the key uses, on the other side; no shared one.</param>
/// <param name="Direction">The verifier's side: what it sends the tables receive.</param>
/// <param name="Elements">As many as the bus has.</param>
/// <typeparam name="TField">The field of the traces.</typeparam>
public readonly record struct PublicMessage<TField>(Bus Bus, BusDirection Direction, ReadOnlyMemory<TField> Elements) where TField : struct, IField<TField>;
