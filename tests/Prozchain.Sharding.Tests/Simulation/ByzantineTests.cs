using Prozchain.Sharding.Simulation;

namespace Prozchain.Sharding.Tests.Simulation;

public class ByzantineTests
{
    private const int Nodes = 4;

    [Fact]
    public void AddTwin_TwoHalves_EachSeesAnotherTwinUnderOneName()
    {
        // Twins 0 and 2, peers 1 and 3: the partition shows one twin to each.
        var world = new SimulatedWorld(1, new WorldOptions { Faults = FaultPlan.Parse("partition 0..1000 {0,1}-{2,3}") });
        int made = 0;
        ScriptNode Speaker(NodeId id)
        {
            byte number = (byte)made++;
            Assert.Equal(0, id.Value);
            return new ScriptNode { OnStart = (_, actions) => { actions.Send(new NodeId(1), [number]); actions.Send(new NodeId(3), [number]); } };
        }
        ScriptNode[] peers = [new(), new()];
        NodeId original = world.Add(Speaker);
        world.Add(_ => peers[0]);
        Assert.Equal(new NodeId(2), world.AddTwin(original));
        world.Add(_ => peers[1]);
        world.RunTo(500);
        Assert.Equal((0, 0), (Assert.Single(peers[0].Got).From.Value, peers[0].Got[0].Message[0]));
        Assert.Equal((0, 1), (Assert.Single(peers[1].Got).From.Value, peers[1].Got[0].Message[0]));
        Assert.Equal([false, true, false, true], world.Nodes.Select(node => node.IsHonest));

        // What is sent to the identity comes to both.
        world.RunTo(1000);
        world.Add(_ => new ScriptNode { OnStart = (_, actions) => actions.Send(original, [9]) });
        world.RunTo(1500);
        Assert.Single(world.Nodes[0].As<ScriptNode>()!.Got);
        Assert.Single(world.Nodes[2].As<ScriptNode>()!.Got);
    }

    [Fact]
    public void Mute_Node_ReceivesAndSaysNothing()
    {
        SimulatedWorld world = GossipWith(MessageTamper.Mute);
        world.RunTo(1000);
        Assert.Equal(0, world.Nodes[0].Statistics.Sent);
        Assert.True(world.Nodes[0].As<GossipNode>()!.Received > 100);
        Assert.False(world.Nodes[0].IsHonest);
    }

    [Fact]
    public void Tamper_EachChance_ShowsInWhatArrives()
    {
        Dictionary<string, int> plain = Kinds(new MessageTamper());
        Assert.Equal(["whole"], plain.Keys);
        Assert.True(Kinds(new MessageTamper { FlipPermille = 300 })["damaged"] > 50);
        Assert.True(Kinds(new MessageTamper { CutPermille = 300 })["short"] > 50);
        Assert.True(Kinds(new MessageTamper { ReplayPermille = 500 })["whole"] > plain["whole"] * 5 / 4);
        Assert.Equal(plain, Kinds(new MessageTamper { FlipPermille = 1000, FromMs = long.MaxValue }));
        int withoutOne = Kinds(new MessageTamper { WithholdPermille = 1000, WithholdFrom = NodeSet.Of(2) })["whole"];
        Assert.InRange(withoutOne, plain["whole"] * 2 / 3 - 5, plain["whole"] * 2 / 3 + 5);
    }

    [Fact]
    public void Delay_OfSomeMessages_BringsThemLateButAll()
    {
        SimulatedWorld world = GossipWith(new MessageTamper { DelayPermille = 500, DelayMs = 300 });
        var sent = new List<long>();
        world.Observer = (in SimulatedEvent happened, ReadOnlySpan<byte> bytes) =>
        {
            if (happened.Kind == SimulatedEventKind.Received && happened.From.Value == 0 && happened.To.Value == 1) sent.Add(BitConverter.ToInt64(bytes));
        };
        world.RunTo(2000);
        Assert.False(sent.SequenceEqual(sent.Order()));
        Assert.Equal(Enumerable.Range(0, 100).Select(number => (long)number), sent.Order().Take(100));
    }

    [Fact]
    public void Behaviour_ThatKnowsTheProtocol_InventsAndSwallows()
    {
        var world = new SimulatedWorld(1);
        world.Add(_ => new ByzantineNode(new ScriptNode { OnReceive = (_, from, _, actions) => actions.Send(from, "honest"u8) }, new Forger(), 3));
        var peer = new ScriptNode { OnStart = (_, actions) => { actions.Send(new NodeId(0), "ask"u8); actions.Send(new NodeId(0), "ignore"u8); } };
        world.Add(_ => peer);
        world.RunTo(1000);
        Assert.Equal(["forged", "honest", "late"], peer.Got.Select(got => System.Text.Encoding.ASCII.GetString(got.Message)).Order());
    }

    private static Dictionary<string, int> Kinds(MessageTamper tamper)
    {
        SimulatedWorld world = GossipWith(tamper);
        var kinds = new Dictionary<string, int>();
        world.Observer = (in SimulatedEvent happened, ReadOnlySpan<byte> bytes) =>
        {
            if (happened.Kind != SimulatedEventKind.Received || happened.From.Value != 0) return;
            string kind = bytes.Length < 64 ? "short" : bytes[8..].ContainsAnyExcept((byte)0) ? "damaged" : "whole";
            kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
        };
        world.RunTo(2000);
        return kinds;
    }

    private static SimulatedWorld GossipWith(MessageTamper tamper)
    {
        var world = new SimulatedWorld(1);
        for (int i = 0; i < Nodes; i++) world.Add(id => id.Value == 0 ? new ByzantineNode(new GossipNode(id, Nodes), tamper, 5) : new GossipNode(id, Nodes));
        return world;
    }

    private sealed class Forger : ByzantineBehaviour
    {
        public override void Started(ByzantineContext context) => context.SendLater(50, new NodeId(1), "late"u8);

        public override bool Received(ByzantineContext context, NodeId from, ReadOnlySpan<byte> message)
        {
            if (message.Length != 3) return false;
            context.Send(from, "forged"u8);
            return true;
        }
    }
}
