using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Consensus;

/// <summary>How a vote reached this node.</summary>
internal enum VoteOrigin
{
    /// <summary>From the member's own address: its signature waits until a quorum is together, and a forgery is the member's fault.</summary>
    Direct,

    /// <summary>From somebody else: its signature is checked before it takes the member's place.</summary>
    Relayed,

    /// <summary>Its signature is known to hold.</summary>
    Verified,
}

/// <summary>
/// The votes of a window of views around the current one: per view, kind and member one. Makes certificates, checking
/// signatures only when a quorum is together, and evidence.
/// </summary>
internal sealed class VoteBook
{
    /// <summary>Views on either side of the current one whose votes are taken.</summary>
    public const int Reach = 8;

    private readonly OrderingInstance _instance;
    private readonly ICertificateScheme _scheme;
    private readonly int[] _seats;
    private readonly Slot[] _slots = new Slot[2 * Reach];
    private readonly CertificateShare[] _shares, _unverified;
    private readonly byte[] _certificate;
    private readonly VoteEvidence?[] _accused;

    public VoteBook(OrderingInstance instance, ICertificateScheme scheme)
    {
        (_instance, _scheme) = (instance, scheme);
        _seats = [.. instance.Committee.Members.Select(member => member.Seats)];
        _shares = new CertificateShare[_seats.Length];
        _unverified = new CertificateShare[_seats.Length];
        _certificate = new byte[scheme.Sizes.MaxCertificate];
        _accused = new VoteEvidence?[_seats.Length];
        Forged = new int[_seats.Length];
        for (int i = 0; i < _slots.Length; i++) _slots[i] = new Slot();
    }

    /// <summary>Per member, the forged votes that came from its own address.</summary>
    public int[] Forged { get; }

    /// <summary>Receives evidence, once per member.</summary>
    public required Action<VoteEvidence> Accuse { get; init; }

    public bool IsAccused(int member) => _accused[member] is not null;

    public static bool IsInReach(ulong view, ulong current) => view + Reach > current && view < current + Reach;

    /// <summary>Takes a vote of a view in reach; one of a view long past takes no later view's place.</summary>
    /// <returns>False if its signature was checked and does not hold.</returns>
    public bool Add(in VoteView vote, VoteOrigin origin, out OrderingCertificate? certificate)
    {
        certificate = null;
        Slot slot = _slots[vote.View % (2 * Reach)];
        if (slot.View > vote.View) return true;
        if (slot.View != vote.View)
        {
            slot.Clear();
            slot.View = vote.View;
        }
        VoteTally tally = slot.Of(vote.Kind) ?? slot.Open(vote.Kind, new VoteTally(_seats.Length, _scheme.Sizes.Share));
        bool held = tally.Has(vote.Member);
        if (held && tally.SubjectOf(vote.Member) == vote.Subject) return true;
        bool verified = origin == VoteOrigin.Verified;
        if (held || origin == VoteOrigin.Relayed)
        {
            if (!verified && !Holds(vote)) return false;
            verified = true;
        }
        if (held && Convict(tally, vote.Kind, vote.View, vote)) return true;
        tally.Put(vote, verified);
        LookForExclusion(vote, verified);
        if (!tally.IsCertified && tally.SeatsFor(vote.Subject, _seats) >= _instance.Committee.Quorum) certificate = Certify(tally, vote);
        return true;
    }

    private OrderingCertificate? Certify(VoteTally tally, in VoteView vote)
    {
        Digest message = _instance.MessageFor(vote.Kind, vote.View, vote.Subject);
        int unverified = tally.Collect(vote.Subject, unverifiedOnly: true, _unverified);
        Settle(tally, message, _unverified.AsSpan(0, unverified));
        if (tally.SeatsFor(vote.Subject, _seats) < _instance.Committee.Quorum) return null;
        int count = tally.Collect(vote.Subject, unverifiedOnly: false, _shares);
        int length = _scheme.Combine(message.Span, _shares.AsSpan(0, count), _certificate);
        tally.IsCertified = true;
        return new OrderingCertificate(vote.Kind, vote.View, vote.Subject, _certificate.AsSpan(0, length).ToArray());
    }

    // All at once; only if that fails, halves of halves until the forged ones stand alone.
    private void Settle(VoteTally tally, in Digest message, ReadOnlySpan<CertificateShare> shares)
    {
        if (shares.IsEmpty) return;
        if (_scheme.VerifyShares(message.Span, shares))
        {
            foreach (CertificateShare share in shares) tally.MarkVerified(share.Member);
            return;
        }
        if (shares.Length == 1)
        {
            tally.Remove(shares[0].Member);
            Forged[shares[0].Member]++;
            return;
        }
        Settle(tally, message, shares[..(shares.Length / 2)]);
        Settle(tally, message, shares[(shares.Length / 2)..]);
    }

    private bool Holds(in VoteView vote) => Holds(vote.Member, vote.Kind, vote.View, vote.Subject, vote.Share.ToArray());

    private bool Holds(int member, OrderingVoteKind kind, ulong view, in Digest subject, ReadOnlyMemory<byte> share) =>
        _scheme.VerifyShares(_instance.MessageFor(kind, view, subject).Span, [new CertificateShare(member, share)]);

    /// <summary>Accuses if the vote held is the member's too; if it is forged, throws it away.</summary>
    private bool Convict(VoteTally tally, OrderingVoteKind heldKind, ulong heldView, in VoteView vote)
    {
        int member = vote.Member;
        if (!tally.IsVerified(member))
        {
            if (!Holds(member, heldKind, heldView, tally.SubjectOf(member), tally.ShareOf(member)))
            {
                tally.Remove(member);
                Forged[member]++;
                return false;
            }
            tally.MarkVerified(member);
        }
        if (_accused[member] is not null) return true;
        var held = new OrderingVote(heldKind, heldView, member, tally.SubjectOf(member), tally.ShareOf(member).ToArray());
        var second = new OrderingVote(vote.Kind, vote.View, member, vote.Subject, vote.Share.ToArray());
        _accused[member] = VoteEvidence.Of(_instance, held, second);
        Accuse(_accused[member]!);
        return true;
    }

    // A member that gave a view up and finalized it, or a later one of the term.
    private void LookForExclusion(in VoteView vote, bool verified)
    {
        if (vote.Kind == OrderingVoteKind.Notarize || _accused[vote.Member] is not null) return;
        OrderingVoteKind opposite = vote.Kind == OrderingVoteKind.Finalize ? OrderingVoteKind.Nullify : OrderingVoteKind.Finalize;
        foreach (Slot slot in _slots)
        {
            if (slot.Of(opposite) is not { Count: > 0 } tally || !tally.Has(vote.Member)) continue;
            if (!VoteEvidence.Contradicts(_instance, vote.Kind, vote.View, vote.Subject, opposite, slot.View, tally.SubjectOf(vote.Member))) continue;
            if ((verified || Holds(vote)) && Convict(tally, opposite, slot.View, vote)) return;
        }
    }

    private sealed class Slot
    {
        private readonly VoteTally?[] _tallies = new VoteTally?[3];

        public ulong View { get; set; }

        public VoteTally? Of(OrderingVoteKind kind) => _tallies[(int)kind - 1];

        public VoteTally Open(OrderingVoteKind kind, VoteTally tally) => _tallies[(int)kind - 1] = tally;

        public void Clear()
        {
            foreach (VoteTally? tally in _tallies) tally?.Clear();
        }
    }
}
