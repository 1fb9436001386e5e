using System.Reflection;
using System.Xml.Linq;
using Prozchain.Repo.Tests.Ports.Synthetic.Ports;

namespace Prozchain.Repo.Tests.Ports;

public sealed class PortTests
{
    [Fact]
    public void Ports_OfEveryLibrary_AreSmallAndPlain() =>
        Violation.AssertNone(All().SelectMany(port => PortRules.Check(port.Port)));

    [Fact]
    public void Ports_OfEveryLibrary_SayWhatAnImplementerOwes() =>
        Violation.AssertNone(All().SelectMany(port => PortRules.CheckDocumentation(
            port.Port, XDocument.Load(Path.Combine(AppContext.BaseDirectory, port.Library + ".xml")))));

    [Fact]
    public void Ports_OfEveryLibrary_HaveAnEmbeddedDefault() =>
        Violation.AssertNone(All().SelectMany(port => PortRules.CheckDefault(port.Port, port.Port.Assembly.GetTypes())));

    [Fact]
    public void Interfaces_InPortsFolders_AreInThePortsNamespace() =>
        Violation.AssertNone(Repository.Sources
            .Where(file => Repository.PackageOf(file) is not null && file.Split('/')[2] == "Ports")
            .Where(file => !Repository.Read(file).Contains($"namespace {Repository.PackageOf(file)}.Ports;", StringComparison.Ordinal))
            .Select(file => new Violation("a port's namespace is its package's Ports", file, $"namespace {Repository.PackageOf(file)}.Ports;", "another")));

    [Theory]
    [InlineData(typeof(IGood), null)]
    [InlineData(typeof(IGrown), null)]
    [InlineData(typeof(ITooMany), "at most five members")]
    [InlineData(typeof(IEmpty), "at most five members")]
    [InlineData(typeof(IForeign), "BCL types")]
    [InlineData(typeof(ISmuggler), "BCL types")]
    [InlineData(typeof(IMutable), "readonly struct or an enum")]
    [InlineData(typeof(IReference), "readonly struct or an enum")]
    [InlineData(typeof(IHuge), "is small")]
    public void Check_SyntheticPort_BreaksTheRuleItShould(Type port, string? rule)
    {
        Violation[] violations = [.. PortRules.Check(port)];
        if (rule is null) Assert.Empty(violations);
        else Assert.Contains(rule, Assert.Single(violations).Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void CheckDefault_OnlyAnAbstractImplementation_IsNamed()
    {
        Assert.Single(PortRules.CheckDefault(typeof(IGood), typeof(IGood).Assembly.GetTypes()));
        Assert.Empty(PortRules.CheckDefault(typeof(IEmpty), typeof(IGood).Assembly.GetTypes()));
    }

    [Fact]
    public void CheckDocumentation_WithoutRemarks_IsNamed()
    {
        string name = typeof(IGood).FullName!;
        XDocument bare = XDocument.Parse($"<doc><members><member name='T:{name}'><summary>Stores.</summary></member></members></doc>");
        XDocument full = XDocument.Parse($"<doc><members><member name='T:{name}'><remarks>What was stored is on disk when the task ends.</remarks></member></members></doc>");
        Assert.Single(PortRules.CheckDocumentation(typeof(IGood), bare));
        Assert.Empty(PortRules.CheckDocumentation(typeof(IGood), full));
    }

    private static IEnumerable<(string Library, Type Port)> All() =>
        Repository.Libraries.SelectMany(library => Repository.Assembly(library).GetTypes().Where(PortRules.IsPort).Select(port => (library, port)));
}
