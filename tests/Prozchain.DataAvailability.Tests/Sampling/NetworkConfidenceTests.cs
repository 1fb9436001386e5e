using System.Numerics;
using Prozchain.DataAvailability.Sampling;

namespace Prozchain.DataAvailability.Tests.Sampling;

public class NetworkConfidenceTests
{
    /// <summary>Every choice that every client can make, counted.</summary>
    [Fact]
    public void Shortfall_SmallSchemes_EqualsEnumeration()
    {
        int compared = 0;
        for (int population = 1; population <= 6; population++)
        {
            for (int samples = 1; samples <= population; samples++)
            {
                int[] choices = [.. Enumerable.Range(0, 1 << population).Where(set => int.PopCount(set) == samples)];
                for (int clients = 1; clients <= 3; clients++)
                {
                    var covered = new long[population + 1];
                    foreach (int union in Unions(choices, clients)) covered[int.PopCount(union)]++;
                    for (int unrecoverable = 1; unrecoverable <= population; unrecoverable++)
                    {
                        var scheme = new SamplingScheme("test", population, unrecoverable, 1);
                        BigInteger few = covered.Take(scheme.Sufficient).Aggregate(BigInteger.Zero, (sum, n) => sum + n);
                        BigInteger all = BigInteger.Pow(choices.Length, clients);
                        Fractions.AssertTight(few, all, NetworkConfidence.Shortfall(scheme, clients, samples), 1e-13);
                        Assert.True(Fractions.IsAtLeast(NetworkConfidence.ShortfallBound(scheme, clients, samples), few, all));
                        compared++;
                    }
                }
            }
        }
        Assert.Equal(273, compared);

        static IEnumerable<int> Unions(int[] choices, int clients) =>
            clients == 0 ? [0] : Unions(choices, clients - 1).SelectMany(union => choices.Select(choice => union | choice));
    }

    /// <summary>Inclusion and exclusion in exact integers: the chance that fewer than T of N are covered.</summary>
    [Theory]
    [InlineData(16, 4, 3, 10)]
    [InlineData(64, 25, 4, 30)]
    [InlineData(64, 25, 16, 5)]
    [InlineData(128, 65, 8, 20)]
    public void Shortfall_MediumSchemes_EqualsInclusionExclusion(int population, int unrecoverable, int samples, int clients)
    {
        var scheme = new SamplingScheme("test", population, unrecoverable, 1);
        // Exactly j of N uncovered: C(N, j) times the sum over i of (-1)^i C(N - j, i) C(N - j - i, s)^n.
        BigInteger few = 0, all = BigInteger.Pow(Fractions.Choose(population, samples), clients);
        for (int j = unrecoverable; j <= population; j++)
        {
            BigInteger sum = 0;
            for (int i = 0; i <= population - j; i++)
            {
                BigInteger term = Fractions.Choose(population - j, i) * BigInteger.Pow(Fractions.Choose(population - j - i, samples), clients);
                sum += int.IsEvenInteger(i) ? term : -term;
            }
            few += Fractions.Choose(population, j) * sum;
        }
        double exact = NetworkConfidence.Shortfall(scheme, clients, samples), bound = NetworkConfidence.ShortfallBound(scheme, clients, samples);
        Fractions.AssertTight(few, all, exact, 1e-11);
        Assert.True(bound >= exact, $"{bound} < {exact}");
    }

    /// <summary>
    /// The fewest clients whose samples suffice but for a chance of 1 %: table 1 of Al-Bassam, Sonnino, Buterin 2018, where
    /// the approximation used is off by a few in ten thousand.
    /// </summary>
    [Theory]
    [InlineData(16, 2, 692)]
    [InlineData(16, 5, 277)]
    [InlineData(16, 10, 138)]
    [InlineData(16, 20, 69)]
    [InlineData(16, 50, 28)]
    [InlineData(32, 20, 280)]
    [InlineData(32, 50, 112)]
    public void Shortfall_PublishedNumbersOfClients_Agree(int k, int samples, int published)
    {
        var scheme = SamplingScheme.Square(k);
        int clients = 1;
        for (int step = 1 << 12; step > 0; step /= 2)
            if (NetworkConfidence.Shortfall(scheme, clients + step, samples) > 0.01) clients += step;
        Assert.InRange(clients + 1, published - 1, published + 1);
        // The closed bound asks for some more, which is its price.
        Assert.InRange(NetworkConfidence.ClientsNeeded(scheme, samples, 0.01), published, published * 1.1 + 1);
    }

    [Fact]
    public void ClientsAndSamplesNeeded_Targets_AreTheFewest()
    {
        SamplingScheme[] schemes = [SamplingScheme.Square(64), SamplingScheme.PeerDasColumns(6), SamplingScheme.Rows(4096, 16384, 600), SamplingScheme.Square(512)];
        foreach (SamplingScheme scheme in schemes)
        {
            foreach (double target in new[] { 0.5, 1e-3, 1e-9, 1e-30 })
            {
                int clients = NetworkConfidence.ClientsNeeded(scheme, 8, target);
                Assert.True(NetworkConfidence.ShortfallBound(scheme, clients, 8) <= target);
                Assert.True(NetworkConfidence.ShortfallBound(scheme, clients - 1, 8) > target);
                int samples = NetworkConfidence.SamplesNeeded(scheme, clients, target);
                Assert.True(samples <= 8 && NetworkConfidence.ShortfallBound(scheme, clients, samples) <= target);
                Assert.True(NetworkConfidence.ShortfallBound(scheme, clients, samples - 1) > target);
            }
        }
    }

    /// <summary>20,000 seeded networks: the chance that they fall short lies within five deviations of the exact one.</summary>
    [Fact]
    public void Shortfall_SimulatedNetworks_Agrees()
    {
        var scheme = SamplingScheme.Square(2);
        const int Runs = 20_000, Clients = 4, Samples = 3;
        var random = new Prozchain.Testing.SeededRandom(9);
        int few = 0;
        for (int run = 0; run < Runs; run++)
        {
            var covered = new HashSet<int>();
            for (int client = 0; client < Clients; client++)
            {
                var draw = new DistinctDraw(random.Bytes(32), scheme.Population);
                for (int i = 0; i < Samples && draw.TryNext(out int number); i++) covered.Add(number);
            }
            if (covered.Count < scheme.Sufficient) few++;
        }
        double chance = NetworkConfidence.Shortfall(scheme, Clients, Samples), deviation = Math.Sqrt(Runs * chance * (1 - chance));
        Assert.InRange(chance, 0.05, 0.95);
        Assert.InRange(few, Runs * chance - 5 * deviation, Runs * chance + 5 * deviation);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    [InlineData(400)]
    public void FooledAtLeast_EveryNumber_IsTheBinomialTailRoundedUp(int clients)
    {
        // Samples of which C(12, 3) / C(16, 3) = 220 / 560 miss four withheld ones, and of which 1 / 8 miss.
        foreach ((SamplingScheme scheme, int samples, int hit, int of) in new[]
            { (new SamplingScheme("a", 16, 4, 1), 3, 220, 560), (new SamplingScheme("b", 8, 7, 1), 1, 1, 8) })
        {
            BigInteger all = BigInteger.Pow(of, clients), tail = 0;
            for (int fooled = clients; fooled >= 0; fooled--)
            {
                tail += Fractions.Choose(clients, fooled) * BigInteger.Pow(hit, fooled) * BigInteger.Pow(of - hit, clients - fooled);
                double actual = NetworkConfidence.FooledAtLeast(scheme, clients, samples, fooled);
                if (actual > 1e-290) Fractions.AssertTight(tail, all, actual, 1e-11);
                else Assert.True(Fractions.IsAtLeast(actual, tail, all));
            }
            Assert.Equal(tail, all);
        }
    }

    [Fact]
    public void FooledAtLeast_LargeNetworks_NeitherUnderflowsNorTakesLong()
    {
        var scheme = SamplingScheme.PeerDasColumns(1);
        Assert.Equal(1, NetworkConfidence.FooledAtLeast(scheme, 1 << 20, 8, 0));
        // The mean is 2810 of 2^20 clients; at the mean about half, ten deviations (53) above it next to nothing.
        Assert.InRange(NetworkConfidence.FooledAtLeast(scheme, 1 << 20, 8, 2843), 0.3, 0.7);
        Assert.InRange(NetworkConfidence.FooledAtLeast(scheme, 1 << 20, 8, 3400), 1e-40, 1e-20);
        Assert.Equal(0, NetworkConfidence.FooledAtLeast(scheme, 100, 64, 1));
    }

    [Fact]
    public void Arguments_OutOfRange_Throw()
    {
        var scheme = SamplingScheme.Square(4);
        Assert.Throws<ArgumentOutOfRangeException>(() => NetworkConfidence.ShortfallBound(scheme, -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => NetworkConfidence.Shortfall(scheme, 1, 65));
        Assert.Throws<ArgumentOutOfRangeException>(() => NetworkConfidence.ClientsNeeded(scheme, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => NetworkConfidence.ClientsNeeded(scheme, 0, 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => NetworkConfidence.SamplesNeeded(scheme, 1, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => NetworkConfidence.FooledAtLeast(scheme, 3, 1, 4));
        Assert.Equal(1, NetworkConfidence.Shortfall(scheme, 0, 5));
        Assert.Equal(1, NetworkConfidence.ShortfallBound(scheme, 9, 0));
        Assert.Equal(0, NetworkConfidence.ShortfallBound(scheme, 1, 64));
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Assert.Throws<OperationCanceledException>(() => NetworkConfidence.Shortfall(scheme, 5, 5, cancel.Token));
    }
}
