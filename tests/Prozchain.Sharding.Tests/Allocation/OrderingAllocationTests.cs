using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Allocation;

public class OrderingAllocationTests
{
    private const int Members = 64;

    [Fact]
    public void Add_VotesOfViewAfterView_AllocatesNothing()
    {
        var world = new OrderingWorld(new SeededRandom(1), Members);
        var book = new VoteBook(world.Instance, world.SchemeOf(-1)) { Accuse = _ => { } };
        var share = new byte[65];
        Digest subject = TestNetwork.Key(1);
        ulong view = 1;
        int certificates = 0;
        AllocationAssert.None(() =>
        {
            for (int member = 0; member < 40; member++)
            {
                book.Add(new VoteView(OrderingVoteKind.Notarize, view, member, subject, share), VoteOrigin.Direct, out OrderingCertificate? certificate);
                if (certificate is not null) certificates++;
                book.Add(new VoteView(OrderingVoteKind.Finalize, view, member, subject, share), VoteOrigin.Direct, out certificate);
            }
            view++;
        }, warmUps: 20);
        Assert.Equal(0, certificates);
        Assert.All(book.Forged, forged => Assert.Equal(0, forged));
    }

    [Fact]
    public void Receive_Votes_AllocatesNothing()
    {
        var world = new OrderingWorld(new SeededRandom(1), Members);
        OrderingHost host = world.Add(-1);
        host.Boot();
        var actions = new NodeActions();
        host.Node!.Start(0, actions);
        var writer = new OrderingWriter();
        var share = new byte[65];
        var messages = new List<(NodeId From, byte[] Bytes)>();
        for (int member = 0; member < 40; member++)
            for (ulong view = 1; view < VoteBook.Reach; view++)
                foreach (OrderingVoteKind kind in (OrderingVoteKind[])[OrderingVoteKind.Notarize, OrderingVoteKind.Finalize])
                    messages.Add((new NodeId(member), writer.Vote(new VoteView(kind, view, member, TestNetwork.Key(1), share)).ToArray()));
        int next = 0;
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                host.Node.Receive(0, messages[next].From, messages[next].Bytes, actions);
                actions.Clear();
                next++;
            }
        });
        Assert.InRange(next, 130, messages.Count);
    }
}
