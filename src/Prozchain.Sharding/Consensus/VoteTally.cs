using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Consensus;

/// <summary>The votes of one kind in one view: at most one per member, in buffers that are used again.</summary>
internal sealed class VoteTally(int members, int shareSize)
{
    private readonly byte[] _shares = new byte[members * shareSize];
    private readonly Digest[] _subjects = new Digest[members];
    private readonly State[] _states = new State[members];

    private enum State : byte { None, Held, Verified }

    /// <summary>Votes held.</summary>
    public int Count { get; private set; }

    /// <summary>True once a certificate was made: later votes are kept as evidence only.</summary>
    public bool IsCertified { get; set; }

    public void Clear()
    {
        if (Count > 0) Array.Clear(_states);
        Count = 0;
        IsCertified = false;
    }

    public bool Has(int member) => _states[member] != State.None;

    public bool IsVerified(int member) => _states[member] == State.Verified;

    public ref readonly Digest SubjectOf(int member) => ref _subjects[member];

    public ReadOnlyMemory<byte> ShareOf(int member) => _shares.AsMemory(member * shareSize, shareSize);

    public void Put(in VoteView vote, bool verified)
    {
        if (!Has(vote.Member)) Count++;
        _states[vote.Member] = verified ? State.Verified : State.Held;
        _subjects[vote.Member] = vote.Subject;
        vote.Share.CopyTo(_shares.AsSpan(vote.Member * shareSize));
    }

    public void MarkVerified(int member) => _states[member] = State.Verified;

    public void Remove(int member)
    {
        _states[member] = State.None;
        Count--;
    }

    /// <summary>Collects the shares for a subject, by ascending member.</summary>
    /// <returns>How many.</returns>
    public int Collect(in Digest subject, bool unverifiedOnly, Span<CertificateShare> shares)
    {
        int count = 0;
        for (int i = 0; i < _states.Length; i++)
            if (_states[i] != State.None && !(unverifiedOnly && _states[i] == State.Verified) && _subjects[i] == subject)
                shares[count++] = new CertificateShare(i, ShareOf(i));
        return count;
    }

    public int SeatsFor(in Digest subject, ReadOnlySpan<int> seats)
    {
        int sum = 0;
        for (int i = 0; i < _states.Length; i++)
            if (_states[i] != State.None && _subjects[i] == subject) sum += seats[i];
        return sum;
    }
}
