using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>A client hands a transaction in, and again when it hears nothing of it.</summary>
public class SubmissionTests
{
    private const int Shards = 1, ResendMs = 1_000;

    /// <summary>Members that joined after the first time have never heard of it, and one of them may lead.</summary>
    [Fact]
    public void Receive_HandedInAgain_PassedOnOncePerWindow()
    {
        using var bank = new BankWorld(TestSettings.Seed, new BankOptions { Signer = seed => new TestSigner(seed), Verifier = () => new TestVerifier(), Shards = Shards, TransfersPerSecond = 0 });
        bank.World.RunTo(1_000);
        ShardNode<TransferTransition> node = bank.World.Nodes[0].As<ShardNode<TransferTransition>>()!;
        long now = bank.World.NowMs;
        var signer = new TestSigner(900);
        byte[] submission = ShardMessages.Submission(TransferView.Sign(signer, BankWorld.ChainId, Address.FromPublicKey(new TestSigner(901).PublicKey.Span), 1, nonce: 7, now + 60_000));

        int others = bank.World.Nodes.Count - 1;
        Assert.Equal(others, PassedOn(now));
        Assert.Equal(others, PassedOn(now + 1));
        Assert.Equal(0, PassedOn(now + 2));
        Assert.Equal(0, PassedOn(now + ResendMs));
        Assert.Equal(others, PassedOn(now + 1 + ResendMs));

        int PassedOn(long nowMs)
        {
            var actions = new NodeActions();
            node.Receive(nowMs, new NodeId(4_000), submission, actions);
            int sent = 0;
            for (int i = 0; i < actions.Count; i++)
                if (actions[i].Kind == NodeActionKind.Send && actions[i].Bytes.Span.SequenceEqual(submission)) sent++;
            return sent;
        }
    }
}
