using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Air;

/// <summary>
/// Evaluates every constraint of one or several tables on every row and balances their buses, naming what fails: the
/// oracle of a prover, and the tool to write an AIR with. It sees the witness and proves nothing. Bounds of
/// multiplicities above 64 it takes on trust. Not thread-safe.
/// </summary>
/// <typeparam name="TField">The field of the traces.</typeparam>
/// <param name="maxFaults">Where to stop looking, at least 1.</param>
public sealed class TraceChecker<TField>(int maxFaults = 16) where TField : struct, IField<TField>
{
    private readonly int _maxFaults = maxFaults >= 1 ? maxFaults
        : throw new ArgumentOutOfRangeException(nameof(maxFaults), maxFaults, "Expected at least 1.");

    private readonly List<TraceFault> _faults = [];
    private readonly BusLedger<TField> _ledger = new();

    /// <summary>Checks the constraints of a table and enters its messages.</summary>
    /// <param name="air">The AIR.</param>
    /// <param name="trace">Its trace, which is only read.</param>
    /// <param name="publicValues">Its public values.</param>
    /// <param name="cancellation">Stops between two rows.</param>
    /// <returns>This checker.</returns>
    /// <exception cref="ArgumentException">A trace or public values that are not of the AIR's shape, or an AIR that contradicts it or a bus.</exception>
    public TraceChecker<TField> Add<TAir>(TAir air, Trace<TField> trace, ReadOnlySpan<TField> publicValues = default, CancellationToken cancellation = default)
        where TAir : IAir
    {
        var rows = new TableRows<TAir, TField>(air, trace, publicValues);
        for (int row = 0; row < trace.Height && _faults.Count < _maxFaults; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            rows.Evaluate(row, _faults, _ledger, TField.One);
        }
        return this;
    }

    /// <summary>Enters the public messages that a proof of these tables is made and verified with.</summary>
    /// <returns>This checker.</returns>
    /// <exception cref="ArgumentException">A message that is not as long as those of its bus.</exception>
    public TraceChecker<TField> AddMessages(IReadOnlyList<PublicMessage<TField>> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        foreach (PublicMessage<TField> message in messages) Post(message.Bus, message.Direction, TField.One, message.Elements.Span);
        return this;
    }

    /// <summary>Enters a message from outside the tables, any number of times.</summary>
    /// <returns>This checker.</returns>
    /// <exception cref="ArgumentException">A message that is not as long as those of its bus.</exception>
    public TraceChecker<TField> Post(Bus bus, BusDirection direction, TField multiplicity, ReadOnlySpan<TField> message)
    {
        if (message.Length != bus.Length) throw new ArgumentException($"Expected {bus.Length} elements on bus {bus.Name}, got {message.Length}.", nameof(message));
        _ledger.Post(bus, direction, multiplicity, message, "outside", -1);
        return this;
    }

    /// <summary>
    /// What is wrong with the tables, at most about as many as asked for: faults by table and row, then, if the search
    /// was not cut short, the messages that do not balance. Empty for a valid trace.
    /// </summary>
    public IReadOnlyList<TraceFault> Faults() => Faults(null);

    /// <summary>The same for one proof of a list: messages on shared buses are left to the list.</summary>
    /// <param name="shared">The shared buses; null for none.</param>
    public IReadOnlyList<TraceFault> Faults(SharedBuses? shared) =>
        _faults.Count >= _maxFaults ? [.. _faults.Take(_maxFaults)] : [.. _faults.Concat(_ledger.Faults(shared)).Take(_maxFaults)];

    /// <summary>
    /// What is wrong with a list of proofs: the faults of each, named by its number, and, if there are none, the messages on shared buses that
    /// do not balance over all of them. Empty for a valid list.
    /// </summary>
    /// <param name="proofs">A checker for each proof, in order.</param>
    /// <param name="shared">The shared buses.</param>
    public static IReadOnlyList<TraceFault> Faults(IReadOnlyList<TraceChecker<TField>> proofs, SharedBuses shared)
    {
        ArgumentNullException.ThrowIfNull(proofs);
        ArgumentNullException.ThrowIfNull(shared);
        TraceFault[] own = [.. proofs.SelectMany((proof, i) => proof.Faults(shared).Select(fault => fault with { Table = BusLedger<TField>.InProof(fault.Table, i) }))];
        if (own.Length > 0) return own;
        BusLedger<TField> all = new();
        foreach ((int i, TraceChecker<TField> proof) in proofs.Index()) all.Add(proof._ledger, shared, i);
        return [.. all.Faults()];
    }
}
