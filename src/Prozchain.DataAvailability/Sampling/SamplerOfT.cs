using Prozchain.DataAvailability.Ports;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>
/// The protocol of a light client as a state machine: which sample to ask for next, and what an answer is worth. Several
/// may be asked for at once. A sample that failed is asked for again, never replaced, because that is what a withholder
/// hopes for; and what counts is how many were accepted without a gap in the order drawn, because a
/// source that sees several requests chooses which to answer. Not safe for concurrent use.
/// </summary>
/// <typeparam name="TSample">A sample that passed its check.</typeparam>
public sealed class Sampler<TSample> where TSample : class
{
    private readonly DistinctDraw _draw;
    private readonly List<TSample> _accepted = [];
    private readonly List<bool> _isAccepted = [];
    private readonly Dictionary<CellCoordinate, int> _asked = [];
    private readonly SortedList<int, CellCoordinate> _failed = [];
    private int _gapless;

    /// <summary>Starts without any sample.</summary>
    /// <param name="check">What is sampled.</param>
    /// <param name="seed">32 bytes that fix the samples drawn. Fresh from a secure random source: who knows it can serve just these.</param>
    /// <exception cref="ArgumentException">The seed has another length.</exception>
    public Sampler(ISampleCheck<TSample> check, ReadOnlySpan<byte> seed)
    {
        ArgumentNullException.ThrowIfNull(check);
        if (seed.Length != Sampler.SeedSize)
            throw new ArgumentException($"Expected a seed of {Sampler.SeedSize} bytes, got {seed.Length}.", nameof(seed));
        Check = check;
        _draw = new DistinctDraw(seed, check.Scheme.Population);
    }

    /// <summary>What is sampled.</summary>
    public ISampleCheck<TSample> Check { get; }

    /// <summary>The samples accepted so far, in the order of acceptance.</summary>
    public IReadOnlyList<TSample> Accepted => _accepted;

    /// <summary>Bound on the chance that all of this succeeded although the data cannot be recovered.</summary>
    public double MissProbability { get; private set; } = 1;

    /// <summary>1 - <see cref="MissProbability"/>, rounded down.</summary>
    public double Confidence => SamplingConfidence.Complement(MissProbability);

    /// <summary>
    /// Names a sample to ask for: the first drawn of those that failed, else a new one. False if that would be more than
    /// <paramref name="limit"/> drawn, or if all have been.
    /// </summary>
    /// <param name="coordinate">Where the sample stands.</param>
    /// <param name="limit">Samples drawn at most, over the sampler's life.</param>
    public bool TryNext(out CellCoordinate coordinate, int limit = int.MaxValue)
    {
        if (_failed.Count > 0 && _failed.GetKeyAtIndex(0) is int again && again < limit)
        {
            coordinate = _failed.GetValueAtIndex(0);
            _failed.RemoveAt(0);
            _asked.Add(coordinate, again);
            return true;
        }
        coordinate = default;
        if (_isAccepted.Count >= limit || !_draw.TryNext(out int number)) return false;
        coordinate = Check.Locate(number);
        _asked.Add(coordinate, _isAccepted.Count);
        _isAccepted.Add(false);
        return true;
    }

    /// <summary>Counts all samples that were asked for but not answered as failed.</summary>
    public void Recall()
    {
        foreach ((CellCoordinate coordinate, int order) in _asked) _failed.Add(order, coordinate);
        _asked.Clear();
    }

    /// <summary>Judges an answer to a request that <see cref="TryNext"/> named.</summary>
    /// <param name="coordinate">What was asked for.</param>
    /// <param name="status">How the source answered.</param>
    /// <param name="answer">What it wrote; untrusted.</param>
    /// <exception cref="ArgumentException">The sample was not asked for, or has been answered.</exception>
    public SampleReport Submit(CellCoordinate coordinate, ShareStatus status, ReadOnlySpan<byte> answer)
    {
        if (!_asked.Remove(coordinate, out int order))
            throw new ArgumentException($"Expected a sample that TryNext has named and that is not answered, got {coordinate}.", nameof(coordinate));
        TSample? sample = null;
        SampleOutcome outcome = status switch
        {
            ShareStatus.Served => Check.Check(coordinate, answer, out sample),
            ShareStatus.Missing => SampleOutcome.Missing,
            ShareStatus.TimedOut => SampleOutcome.TimedOut,
            ShareStatus.Busy => SampleOutcome.Busy,
            _ => SampleOutcome.Failed,
        };
        if (sample is null) _failed.Add(order, coordinate);
        else Accept(order, sample);
        return new SampleReport(coordinate, outcome, _accepted.Count, Confidence);
    }

    /// <summary>Asks for a sample that has failed once more, ahead of the others.</summary>
    internal void Take(CellCoordinate coordinate)
    {
        int at = _failed.IndexOfValue(coordinate);
        _asked.Add(coordinate, _failed.GetKeyAtIndex(at));
        _failed.RemoveAt(at);
    }

    private void Accept(int order, TSample sample)
    {
        _accepted.Add(sample);
        _isAccepted[order] = true;
        SamplingScheme scheme = Check.Scheme;
        while (_gapless < _isAccepted.Count && _isAccepted[_gapless])
            MissProbability = SamplingConfidence.Next(MissProbability, scheme.Population, scheme.Unrecoverable, _gapless++);
    }
}
