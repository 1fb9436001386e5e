using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Hosting;

/// <summary>Lets the validators of this process vote: for each header as many, in committee order, as make the quorum.</summary>
internal sealed class VoteDesk
{
    private readonly Dictionary<Address, ISigner> _signers = [];

    public VoteDesk(IEnumerable<EngineValidator> validators)
    {
        foreach (EngineValidator validator in validators) _signers[Address.FromPublicKey(validator.Signer.PublicKey.Span)] = validator.Signer;
    }

    public Certificate Certify(Committee committee, ShardHeader header)
    {
        var votes = new List<Vote>();
        int seats = 0;
        for (int i = 0; i < committee.Members.Count && seats < committee.Quorum; i++)
        {
            CommitteeMember member = committee.Members[i];
            votes.Add(Vote.Cast(i, _signers[Address.FromPublicKey(member.PublicKey.Span)], header.Hash));
            seats += member.Seats;
        }
        return Certificate.Assemble(committee, header.Hash, votes);
    }
}
