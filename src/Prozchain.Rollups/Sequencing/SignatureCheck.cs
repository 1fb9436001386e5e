using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Sequencing;

/// <summary>Checks the signatures of many transactions on several cores. Not thread-safe.</summary>
/// <typeparam name="TTransaction">The transactions.</typeparam>
public sealed class SignatureCheck<TTransaction>
{
    private const int Chunk = 256;

    private readonly IStateTransition<TTransaction>[] _workers;
    private readonly bool[][] _answers;
    private readonly Action<int> _work;
    private ReadOnlyMemory<TTransaction> _transactions;
    private Memory<bool> _results;
    private int _next;

    /// <summary>Starts.</summary>
    /// <param name="transition">Makes the rules; each core has its own.</param>
    /// <param name="cores">How many work, at least 1.</param>
    public SignatureCheck(Func<IStateTransition<TTransaction>> transition, int cores)
    {
        ArgumentNullException.ThrowIfNull(transition);
        ArgumentOutOfRangeException.ThrowIfLessThan(cores, 1);
        _workers = new IStateTransition<TTransaction>[cores];
        _answers = new bool[cores][];
        for (int i = 0; i < cores; i++) (_workers[i], _answers[i]) = (transition(), new bool[Chunk]);
        _work = Work;
    }

    /// <summary>Answers for each transaction at its index.</summary>
    public void Check(ReadOnlyMemory<TTransaction> transactions, Memory<bool> results)
    {
        if (results.Length < transactions.Length) throw new ArgumentException($"Expected room for {transactions.Length} results, got {results.Length}.", nameof(results));
        (_transactions, _results, _next) = (transactions, results, 0);
        if (transactions.Length <= Chunk || _workers.Length == 1) Work(0);
        else Parallel.For(0, _workers.Length, _work);
        (_transactions, _results) = (default, default);
    }

    private void Work(int worker)
    {
        for (int at = Interlocked.Add(ref _next, Chunk) - Chunk; at < _transactions.Length; at = Interlocked.Add(ref _next, Chunk) - Chunk)
        {
            ReadOnlySpan<TTransaction> part = _transactions.Span.Slice(at, Math.Min(Chunk, _transactions.Length - at));
            _workers[worker].Authenticate(part, _answers[worker]);
            _answers[worker].AsSpan(0, part.Length).CopyTo(_results.Span[at..]);
        }
    }
}
