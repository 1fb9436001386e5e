using FsCheck;
using FsCheck.Fluent;

namespace Prozchain.Testing;

/// <summary>Checks FsCheck properties with the run's seed, so that two runs see the same cases.</summary>
public static class Law
{
    /// <summary>
    /// Checks <paramref name="property"/> over <paramref name="count"/> generated cases (ten times as many in the long
    /// form). A failure names the law, the shrunk counter-example and the seed.
    /// </summary>
    public static void Check(Property property, string name, int count = 100) => Check(property, name, count, TestSettings.Seed);

    /// <summary>Checks a law over one arbitrary value.</summary>
    public static void Check<T>(Arbitrary<T> values, Func<T, bool> law, string name, int count = 100) =>
        Check(Prop.ForAll(values, law), name, count);

    /// <summary>Checks a law over two arbitrary values.</summary>
    public static void Check<T>(Arbitrary<T> values, Func<T, T, bool> law, string name, int count = 100) =>
        Check(Prop.ForAll(values, values, law), name, count);

    /// <summary>Checks a law over three arbitrary values.</summary>
    public static void Check<T>(Arbitrary<T> values, Func<T, T, T, bool> law, string name, int count = 100) =>
        Check(Prop.ForAll(values, values, values, law), name, count);

    internal static void Check(Property property, string name, int count, ulong seed)
    {
        // FsCheck's generator takes a seed and a gamma, which must be odd.
        Config config = Config.QuickThrowOnFailure
            .WithQuietOnSuccess(true)
            .WithMaxTest(TestSettings.Scale(count, count * 10))
            .WithReplay(SeededRandom.Mix(seed), SeededRandom.Mix(~seed) | 1);
        try
        {
            property.Check(config);
        }
        catch (Exception e) when (e is not Xunit.Sdk.SkipException)
        {
            throw new ReplayableException($"Law '{name}' does not hold. Replay: {TestSettings.Token(seed)}\n{e.Message}", e);
        }
    }
}
