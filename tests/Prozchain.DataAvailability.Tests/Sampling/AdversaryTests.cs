using System.Numerics;
using Prozchain.DataAvailability.Sampling;

namespace Prozchain.DataAvailability.Tests.Sampling;

/// <summary>Selective serving and eclipse: the formulas against enumeration, simulation and the light client itself.</summary>
public class AdversaryTests
{
    /// <summary>Every choice of every client; the adversary finds its best clients by trying all of them.</summary>
    [Theory]
    [InlineData(5, 2, 2, 3)]
    [InlineData(5, 3, 2, 3)]
    [InlineData(6, 2, 2, 3)]
    [InlineData(6, 3, 3, 3)]
    [InlineData(4, 2, 1, 5)]
    public void FooledAtLeast_SmallSchemes_BoundsTheBestAdversary(int population, int unrecoverable, int samples, int clients)
    {
        var scheme = new SamplingScheme("test", population, unrecoverable, 1);
        int[] choices = [.. Enumerable.Range(0, 1 << population).Where(set => int.PopCount(set) == samples)];
        int total = (int)Math.Pow(choices.Length, clients);
        var atLeast = new int[clients + 1];
        for (int run = 0; run < total; run++)
        {
            int most = 0;
            for (int chosen = 0; chosen < 1 << clients; chosen++)
            {
                int union = 0;
                for (int client = 0, rest = run; client < clients; client++, rest /= choices.Length)
                    if ((chosen >> client & 1) != 0) union |= choices[rest % choices.Length];
                if (int.PopCount(union) < scheme.Sufficient) most = Math.Max(most, int.PopCount(chosen));
            }
            Assert.True(most >= Math.Min(clients, SelectiveServing.SurelyFooled(scheme, samples)));
            for (int fooled = 0; fooled <= most; fooled++) atLeast[fooled]++;
        }
        for (int fooled = 0; fooled <= clients; fooled++)
            Assert.True(Fractions.IsAtLeast(SelectiveServing.FooledAtLeast(scheme, clients, samples, fooled), atLeast[fooled], total));
    }

    [Fact]
    public void MostFooled_LargeNetworks_LiesBetweenWhatIsSureAndWhatTheBoundAllows()
    {
        var scheme = SamplingScheme.Square(64);
        int sure = SelectiveServing.SurelyFooled(scheme, 16), most = SelectiveServing.MostFooled(scheme, 20_000, 16, 1e-9);
        Assert.Equal((3 * 64 * 64 - 2 * 64 - 1) / 16, sure);
        Assert.InRange(most, sure, 10 * sure);
        Assert.True(SelectiveServing.FooledAtLeast(scheme, 20_000, 16, most + 1) <= 1e-9);
        Assert.True(SelectiveServing.FooledAtLeast(scheme, 20_000, 16, most) > 1e-9);
        // More samples leave the adversary fewer victims.
        Assert.True(SelectiveServing.MostFooled(scheme, 20_000, 32, 1e-9) < most);
        Assert.Equal(int.MaxValue, SelectiveServing.SurelyFooled(scheme, 0));
        Assert.Equal(100, SelectiveServing.MostFooled(scheme, 100, 16, 1e-9));
    }

    /// <summary>
    /// 200 networks of 20 clients against a source that serves until one more cell would give the data away: how often the
    /// first ones are all satisfied is the chance of a shortfall, and what it gave away is never enough.
    /// </summary>
    [Fact]
    public async Task SelectiveShareSource_ManyClients_FoolsTheFirstOnesAtThePredictedRate()
    {
        ExtendedSquare square = TestSquares.Full(2);
        var scheme = SamplingScheme.Square(2);
        var honest = new LocalShareSource(square);
        const int Runs = 200, Samples = 2;
        double target = SamplingConfidence.Confidence(2, Samples);
        var fooled = new int[8];
        for (int run = 0; run < Runs; run++)
        {
            var source = new SelectiveShareSource(honest, scheme.Sufficient - 1);
            bool all = true;
            for (int i = 0; i < fooled.Length; i++)
            {
                var client = new LightClient(square.Header, TestSquares.Seed(run * 100 + i)) { MaxInFlight = 1 };
                all &= (await client.SampleAsync(source, target)).IsAvailable;
                if (all) fooled[i]++;
                Assert.True(source.Given < scheme.Sufficient);
            }
        }
        for (int i = 0; i < fooled.Length; i++)
        {
            double chance = NetworkConfidence.Shortfall(scheme, i + 1, Samples), deviation = Math.Sqrt(Runs * chance * (1 - chance));
            Assert.InRange(fooled[i], Runs * chance - 5 * deviation - 1e-6, Runs * chance + 5 * deviation + 1e-6);
            Assert.True(SelectiveServing.FirstFooled(scheme, Samples, i + 1) >= chance);
        }
        Assert.Equal(Runs, fooled[SelectiveServing.SurelyFooled(scheme, Samples) - 1]);
    }

    [Theory]
    [InlineData(10, 3, 2)]
    [InlineData(50, 25, 8)]
    [InlineData(7, 7, 3)]
    [InlineData(9, 2, 3)]
    public void EclipseProbability_Peers_IsTheBinomialRatio(int peers, int adversarial, int connections) =>
        Fractions.AssertTight(
            Fractions.Choose(adversarial, connections), Fractions.Choose(peers, connections), Eclipse.Probability(peers, adversarial, connections), 1e-13);

    [Fact]
    public void ConnectionsNeeded_Targets_AreTheFewest()
    {
        foreach ((long peers, long adversarial) in new[] { (100L, 50L), (10_000L, 9_000L), (20L, 0L), (20L, 19L) })
        {
            int connections = Eclipse.ConnectionsNeeded(peers, adversarial, 1e-6);
            Assert.True(Eclipse.Probability(peers, adversarial, connections) <= 1e-6);
            Assert.True(connections == 0 || Eclipse.Probability(peers, adversarial, connections - 1) > 1e-6);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => Eclipse.ConnectionsNeeded(5, 5, 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Eclipse.Probability(5, 6, 1));
    }

    /// <summary>Against the sum over how many clients are eclipsed, each with the exact shortfall of the others.</summary>
    [Theory]
    [InlineData(4, 12, 20, 0.1)]
    [InlineData(4, 8, 40, 0.5)]
    [InlineData(8, 16, 60, 0.25)]
    public void EclipseShortfall_MixedNetworks_IsBounded(int k, int samples, int clients, double eclipse)
    {
        var scheme = SamplingScheme.Square(k);
        double exact = 0;
        for (int lost = 0; lost <= clients; lost++)
        {
            double weight = (double)Fractions.Choose(clients, lost) * Math.Pow(eclipse, lost) * Math.Pow(1 - eclipse, clients - lost);
            exact += weight * NetworkConfidence.Shortfall(scheme, clients - lost, samples);
        }
        Assert.True(Eclipse.ShortfallBound(scheme, clients, samples, eclipse) >= exact * (1 - 1e-9) - 1e-30);
        Assert.True(Eclipse.ShortfallBound(scheme, clients, samples, 0) >= NetworkConfidence.Shortfall(scheme, clients, samples) - 1e-30);
        Assert.Equal(NetworkConfidence.ShortfallBound(scheme, clients, samples), Eclipse.ShortfallBound(scheme, clients, samples, 0), 12);
        Assert.Equal(1, Eclipse.ShortfallBound(scheme, clients, samples, 1));
        // Three times the clients make up for a third of them lost.
        Assert.True(Eclipse.ShortfallBound(scheme, 10 * clients, samples, eclipse) < 1e-3);
    }

    [Fact]
    public void EclipseMiss_Mixes_RoundedUp()
    {
        var scheme = SamplingScheme.PeerDasColumns(1);
        double miss = SamplingConfidence.MissProbability(scheme, 8);
        Assert.Equal(1, Eclipse.MissProbability(scheme, 8, 1));
        Assert.InRange(Eclipse.MissProbability(scheme, 8, 0), miss, miss * (1 + 1e-15));
        Assert.Equal(0.1 + 0.9 * miss, Eclipse.MissProbability(scheme, 8, 0.1), 12);
        Assert.Equal(0.1, Eclipse.MissProbability(scheme, 64, 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Eclipse.MissProbability(scheme, 8, double.NaN));
    }
}
