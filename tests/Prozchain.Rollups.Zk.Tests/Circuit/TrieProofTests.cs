using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Zk;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Cells = Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>A small batch's change of the state, proven.</summary>
public sealed class TrieProofTests
{
    [Fact]
    public async Task Batch_IsProvenAndVerified_ForItsRootsAlone()
    {
        const int Log = 6;
        TrieCase batch = TrieAirTests.Mixed(31);
        var tables = new TrieTables(batch, leastLogRows: Log);
        CompressionAsks<Cells> compressions = new();
        foreach ((Eight key, Eight value) in tables.Asks.Leaves) compressions.Add(CompressionWindow.M, [.. key.ToArray(), .. value.ToArray()]);
        List<OutsideMessage> said = [];
        tables.Others((bus, message) => said.Add(new(bus, BusDirection.Receive, 1, message)));

        List<(IAir Air, Trace<F> Trace, F[] Public)> all =
        [
            .. tables.Nodes.Select(nodes => ((IAir)new TrieAir<Cells>(1), nodes, Array.Empty<F>())),
            (new GrowthAir<Cells>(), tables.Growths, []), (new LeavesAir(), tables.Accounts, []), (new CellLeavesAir(), tables.CellLeaves, []),
            (new CloseAir(), tables.Close, tables.Roots), (new TriePlacesAir(), TriePlacesAir.Generate(tables.Asks), []),
            (new RangeTableAir(Limbs.Bits), new RangeTableAir(Limbs.Bits).Generate<F>(tables.Asks.Values), []), (new CompressionAir<Cells>(), compressions.Generate(Log), []),
        ];
        foreach (Bus bus in (Bus[])[RollupBuses.AccountToken, RollupBuses.CellToken])
        {
            var stub = new StubAir(bus, BusDirection.Receive);
            all.Add((stub, stub.Generate(said.Where(message => message.Bus == bus), Log), []));
        }
        IAir[] airs = [.. all.Select(table => table.Air)];
        StarkKey<F> statement = StarkKey.Create<F>(airs, StarkParameters.Secure100(StarkKey.ShapeOf<F>(airs, minLogRows: Log, maxLogRows: Limbs.Bits)));
        F[][] publicValues = [.. all.Select(table => table.Public)];
        StarkProof proof = await StarkProver.ProveAsync(statement, [.. all.Select(table => table.Trace)], publicValues, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(statement, publicValues, proof));
        foreach (F[] roots in publicValues.Where(values => values.Length > 0)) roots[^1] += F.One;
        Assert.NotEqual(VerifyResult.Valid, StarkVerifier.Verify(statement, publicValues, proof));
    }
}
