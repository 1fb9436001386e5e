namespace Prozchain.DataAvailability.Committees;

/// <summary>Open challenges, their answers, and who let them pass: a state machine over heights. Not safe for concurrent use.</summary>
/// <param name="window">Heights within which an answer has to come, at least 1: one at the height of the question plus this is too late.</param>
/// <param name="capacity">Most challenges open at once, at least 1.</param>
/// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
public sealed class StorageAudit(ulong window, int capacity = 65_536)
{
    private readonly SortedDictionary<long, (StorageChallenge Challenge, ulong Deadline)> _open = [];
    private readonly ulong _window = window > 0 ? window : throw new ArgumentOutOfRangeException(nameof(window), window, "Expected at least 1 height.");
    private readonly int _capacity = capacity > 0 ? capacity : throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "Expected room for at least 1.");
    private long _next;
    private ulong _last;

    /// <summary>Challenges that wait for an answer.</summary>
    public int Count => _open.Count;

    /// <summary>Asks. Heights never fall from call to call.</summary>
    /// <returns>The number of the challenge.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The height is below that of an earlier question.</exception>
    /// <exception cref="InvalidOperationException">As many are open as may be.</exception>
    public long Open(StorageChallenge challenge, ulong now)
    {
        ArgumentNullException.ThrowIfNull(challenge);
        if (now < _last) throw new ArgumentOutOfRangeException(nameof(now), $"Expected a height from {_last}, got {now}.");
        if (_open.Count >= _capacity) throw new InvalidOperationException($"Expected fewer than {_capacity} open challenges, got as many.");
        _last = now;
        _open.Add(_next, (challenge, now > ulong.MaxValue - _window ? ulong.MaxValue : now + _window));
        return _next++;
    }

    /// <summary>Judges an untrusted answer. A wrong one closes nothing: the node, or whoever spoke in its name, may try again in time.</summary>
    public ChallengeResult Answer(long number, IReadOnlyList<Share> answer, ulong now)
    {
        if (!_open.TryGetValue(number, out (StorageChallenge Challenge, ulong Deadline) open) || now >= open.Deadline) return ChallengeResult.NotOpen;
        ChallengeResult result = open.Challenge.Check(answer);
        if (result == ChallengeResult.Passed) _open.Remove(number);
        return result;
    }

    /// <summary>Closes what was not answered in time.</summary>
    /// <returns>Those challenges, whose nodes have failed, by number.</returns>
    public IReadOnlyList<StorageChallenge> Expire(ulong now)
    {
        List<StorageChallenge> failed = [];
        // Numbers grow with deadlines, so the late ones come first.
        while (_open.Count > 0 && _open.First() is var first && now >= first.Value.Deadline)
        {
            failed.Add(first.Value.Challenge);
            _open.Remove(first.Key);
        }
        return failed;
    }
}
