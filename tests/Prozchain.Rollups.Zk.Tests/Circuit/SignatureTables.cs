using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>The tables of signatures, to be checked together with transactions that say what is signed.</summary>
/// <param name="signatures">What the table of signatures says.</param>
/// <param name="keys">The table of one-time keys, honest unless it is given.</param>
internal sealed class SignatureTables<TCells>(SignatureWitness[] signatures, Trace<F>? keys = null) where TCells : struct, IPermutationCells<F>
{
    private readonly CompressionAsks<TCells> _asks = new();

    public TraceChecker<F> Checker(IEnumerable<SignatureWitness> signed)
    {
        TraceChecker<F> checker = new TraceChecker<F>(1000).Add(new SignatureAir(), SignatureWriter.Generate(signatures, _asks))
            .Add(new OneTimeKeyAir<TCells>(), keys ?? OneTimeKeyWriter<TCells>.Generate(signatures)).Add(new CompressionAir<TCells>(), _asks.Generate());
        foreach (SignatureWitness witness in signed) checker.Post(RollupBuses.Signed, BusDirection.Send, F.One, SampleSignature<TCells>.Signed(witness));
        return checker;
    }
}
