using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Prozchain.Repo.Tests.References;

public sealed class ReferenceTests
{
    [Fact]
    public void Libraries_InSource_AreTheOnesKnown()
    {
        string[] known = ["Prozchain.AI", "Prozchain.DataAvailability", "Prozchain.Rollups", "Prozchain.Rollups.Zk", "Prozchain.Sharding", "Prozchain.Zk", "Prozchain.Zk.Cuda", "Prozchain.Zk.Plonky3"];
        Assert.Subset(Repository.Libraries.ToHashSet(), known.ToHashSet());
    }

    [Fact]
    public void Projects_OfLibraries_ReferenceOnlyWhatTheyMay() =>
        Violation.AssertNone(Repository.Projects
            .Where(file => file.StartsWith("src/", StringComparison.Ordinal))
            .SelectMany(file => ReferenceRules.CheckLibraryProject(file, XDocument.Parse(Repository.Read(file)))));

    [Fact]
    public void Projects_OfTests_SeeTheirPackageAlone() =>
        Violation.AssertNone(Repository.Projects
            .Where(file => file.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(file => ReferenceRules.CheckTestProject(file, XDocument.Parse(Repository.Read(file)), Repository.Libraries)));

    [Fact]
    public void Assemblies_AsBuilt_ReferenceOnlyWhatTheyMay() =>
        Violation.AssertNone(Repository.Libraries.SelectMany(library => ReferenceRules.CheckAssembly(
            library, Repository.Assembly(library).GetReferencedAssemblies().Select(name => name.Name!), IsFramework)));

    [Fact]
    public void Assemblies_AsBuilt_KeepSharedSourceInternal() =>
        Violation.AssertNone(Repository.Libraries.SelectMany(library =>
        {
            Assembly assembly = Repository.Assembly(library);
            return ReferenceRules.CheckVisibility(
                library, assembly.GetExportedTypes(), assembly.GetCustomAttributes<InternalsVisibleToAttribute>().Select(friend => friend.AssemblyName));
        }));

    [Fact]
    public void CheckLibraryProject_ForbiddenReferences_AreEachNamed()
    {
        XDocument project = XDocument.Parse("""
            <Project>
              <PropertyGroup><IsPackable>false</IsPackable></PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="..\Prozchain.Zk\Prozchain.Zk.csproj" />
                <ProjectReference Include="../Prozchain.Rollups/Prozchain.Rollups.csproj" />
                <PackageReference Include="CommunityToolkit.HighPerformance" />
                <PackageReference Include="Newtonsoft.Json" />
                <Reference Include="Loose" />
              </ItemGroup>
            </Project>
            """);
        Assert.Equal(5, ReferenceRules.CheckLibraryProject("src/Prozchain.AI/Prozchain.AI.csproj", project).Count());
        Assert.Equal(3, ReferenceRules.CheckLibraryProject("src/Prozchain.Rollups.Zk/Prozchain.Rollups.Zk.csproj", project).Count());
        Assert.Equal(4, ReferenceRules.CheckLibraryProject("src/Prozchain.Zk.Cuda/Prozchain.Zk.Cuda.csproj", project).Count());
    }

    [Fact]
    public void CheckTestProject_SeesAnotherPackage_IsNamed()
    {
        XDocument project = XDocument.Parse("""
            <Project><ItemGroup>
              <ProjectReference Include="../../src/Prozchain.AI/Prozchain.AI.csproj" />
              <ProjectReference Include="../../src/Prozchain.Zk/Prozchain.Zk.csproj" />
              <ProjectReference Include="../Prozchain.Testing/Prozchain.Testing.csproj" />
            </ItemGroup></Project>
            """);
        string[] libraries = ["Prozchain.AI", "Prozchain.Zk"];
        Assert.Single(ReferenceRules.CheckTestProject("tests/Prozchain.AI.Tests/Prozchain.AI.Tests.csproj", project, libraries));
        Assert.Empty(ReferenceRules.CheckTestProject("tests/Prozchain.Composition.Tests/Prozchain.Composition.Tests.csproj", project, libraries));
    }

    [Fact]
    public void CheckAssembly_ForeignReference_IsNamed()
    {
        string[] references = ["System.Runtime", "System.Text.Json", "Prozchain.Zk", "Npgsql"];
        Assert.Equal(["Prozchain.Zk", "Npgsql"], ReferenceRules.CheckAssembly("Prozchain.AI", references, IsFramework).Select(v => v.Got));
        Assert.Equal(["Npgsql"], ReferenceRules.CheckAssembly("Prozchain.AI.Zk", references, IsFramework).Select(v => v.Got));
        Assert.Empty(ReferenceRules.CheckAssembly("Prozchain.Cluster", references, IsFramework));
    }

    [Fact]
    public void CheckVisibility_PublicForeignTypeAndForeignFriend_AreNamed() =>
        Assert.Equal(2, ReferenceRules.CheckVisibility("Prozchain.Repo", [typeof(ReferenceTests), typeof(string)], ["Prozchain.Repo.Tests", "Prozchain.Other.Tests"]).Count());

    /// <summary>Part of .NET itself: a file of the shared framework's folder.</summary>
    private static bool IsFramework(string assembly) =>
        File.Exists(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, assembly + ".dll"));
}
