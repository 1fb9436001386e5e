using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Hosting;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding;

/// <content>Atomic transactions, with declared cells and with locks.</content>
public sealed partial class InProcessEngine<TTransition>
{
    /// <summary>Atomic transactions that wait to begin, once for each of their shards.</summary>
    public int QueuedAtomic() => _shards.Sum(shard => shard.WaitingAtomic);

    /// <summary>Hands in a transaction over cells of several shards, which happens on all of them or on none (docs/formats/sharding-atomic.md).</summary>
    /// <param name="transaction">Its bytes; copied.</param>
    public AdmissionResult SubmitAtomic(ReadOnlySpan<byte> transaction)
    {
        AtomicOptions rules = _options.Rules.Atomic;
        if (AtomicTransaction.TryRead(transaction, out AtomicTransaction? read) != ReadResult.Ok || read!.Cells.IsEmpty) return AdmissionResult.Malformed;
        if (read.ChainId != rules.ChainId) return AdmissionResult.WrongChain;
        if (!rules.Programs.ContainsKey(read.Program)) return AdmissionResult.Unknown;
        if (!AreHere(read.Cells)) return AdmissionResult.Unknown;
        if (!IsInWindow(read)) return AdmissionResult.OutsideWindow;
        if (!read.IsSigned(_verifier)) return AdmissionResult.BadSignature;
        SortedSet<int> places = PlacesOf(read.Cells);
        foreach (int place in places)
            if (_shards[place].WaitingAtomic >= rules.MaxOpen) return AdmissionResult.QueueFull;
        foreach (int place in places) _shards[place].Add(read);
        TellSubmitted(places.Min, read);
        return AdmissionResult.Accepted;
    }

    /// <summary>
    /// The cells that a transaction without declared ones would touch as the cells are now: what to ask locks for in
    /// <see cref="LockRequest.Sign"/>. Null if it touches none, or more than <see cref="AtomicLimits.MaxCells"/>.
    /// </summary>
    /// <param name="transaction">A transaction without declared cells.</param>
    /// <exception cref="ArgumentException">It declares cells, or names a program that there is not.</exception>
    public DeclaredCell[]? FindCells(AtomicTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (!transaction.Cells.IsEmpty) throw new ArgumentException($"Expected a transaction without declared cells, got one with {transaction.Cells.Length}.", nameof(transaction));
        if (!_options.Rules.Atomic.Programs.TryGetValue(transaction.Program, out IAtomicProgram? program)) throw new ArgumentException($"Expected a program of the engine, got {transaction.Program}.", nameof(transaction));
        return LockPlan.Find(program, transaction, key => ShardOf(key).Cells.TryGet(key, out ReadOnlySpan<byte> value) ? value.ToArray() : null);
    }

    /// <summary>
    /// Hands in one attempt of a transaction whose cells are not declared: its shards lock them, execute, and commit or roll
    /// back together. Where its program asks for another cell the attempt comes to nothing, and the client finds the cells
    /// again and tries with a higher number. An attempt is in memory until all of its shards have prepared it.
    /// </summary>
    /// <param name="request">A <see cref="LockRequest"/>; copied. Its epoch is that of the last round or the one before.</param>
    /// <returns><see cref="AdmissionResult.SequenceTooLow"/> for a number that was used.</returns>
    public AdmissionResult SubmitAttempt(ReadOnlySpan<byte> request)
    {
        AtomicOptions rules = _options.Rules.Atomic;
        if (LockRequest.TryRead(request, out LockRequest? attempt) != ReadResult.Ok) return AdmissionResult.Malformed;
        AtomicTransaction transaction = attempt!.Transaction;
        if (transaction.ChainId != rules.ChainId) return AdmissionResult.WrongChain;
        if (!rules.Programs.ContainsKey(transaction.Program)) return AdmissionResult.Unknown;
        if (!AreHere(attempt.Cells)) return AdmissionResult.Unknown;
        if (!IsInWindow(transaction)) return AdmissionResult.OutsideWindow;
        if (!attempt.IsSigned(_verifier)) return AdmissionResult.BadSignature;
        SortedSet<int> places = PlacesOf(attempt.Cells);
        foreach (int place in places)
        {
            if (!_shards[place].IsNext(attempt)) return AdmissionResult.SequenceTooLow;
            if (_shards[place].WaitingAtomic >= rules.MaxOpen) return AdmissionResult.QueueFull;
        }
        foreach (int place in places) _shards[place].Add(attempt);
        TellSubmitted(places.Min, transaction);
        return AdmissionResult.Accepted;
    }

    /// <summary>What became of an atomic transaction by the end of the last round.</summary>
    /// <param name="transaction">Its bytes.</param>
    public AtomicOutcome OutcomeOf(ReadOnlySpan<byte> transaction)
    {
        if (AtomicTransaction.TryRead(transaction, out AtomicTransaction? read) != ReadResult.Ok) return AtomicOutcome.Unknown;
        if (read!.Cells.IsEmpty) return OutcomeOfLocked(read.Id);
        AtomicOutcome known = AtomicOutcome.Unknown;
        foreach (DeclaredCell cell in read.Cells)
        {
            HostedShard<TTransition> shard = ShardOf(cell.Key);
            AtomicOutcome here = shard.Machine.OutcomeOf(shard.State, read.Id);
            // A shard that has not ended it yet will, in the same way.
            if (here is AtomicOutcome.Committed or AtomicOutcome.Aborted) return here;
            if (here == AtomicOutcome.Open) known = here;
        }
        return known;
    }

    // An attempt that came to nothing leaves room for another.
    private AtomicOutcome OutcomeOfLocked(in Digest transaction)
    {
        AtomicOutcome known = AtomicOutcome.Unknown;
        foreach (HostedShard<TTransition> shard in _shards)
        {
            AtomicOutcome here = shard.Machine.OutcomeOf(shard.State, transaction);
            if (here == AtomicOutcome.Committed) return here;
            if (here == AtomicOutcome.Open || known == AtomicOutcome.Unknown) known = here;
        }
        return known;
    }

    private bool IsInWindow(AtomicTransaction transaction)
    {
        AtomicOptions rules = _options.Rules.Atomic;
        return TimeMs < transaction.DeadlineMs && transaction.DeadlineMs - transaction.BeginMs <= rules.MaxValidityMs && transaction.BeginMs - TimeMs <= rules.MaxValidityMs;
    }

    // Shards of other classes are other engines'.
    private static bool AreHere(ReadOnlySpan<DeclaredCell> cells)
    {
        foreach (DeclaredCell cell in cells)
            if (cell.Class != LayoutClass.General) return false;
        return true;
    }

    private SortedSet<int> PlacesOf(ReadOnlySpan<DeclaredCell> cells)
    {
        var places = new SortedSet<int>();
        foreach (DeclaredCell cell in cells) places.Add(Layout.IndexOf(cell.Key));
        return places;
    }
}
