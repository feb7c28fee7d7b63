#include "analysis/knowledge/project_members.h"

#include "analysis/knowledge/manifests.h"
#include "tests/support/catch.h"

namespace analysis = keyline::analysis;
using Paths = std::vector<std::string>;

TEST_CASE("projects that a project refers to, conditions, variables and comments left out") {
  CHECK(analysis::read_project_references(R"(<Project>
<ProjectReference Include="..\Core\Core.csproj" />
<ProjectReference Include="../Mail/Mail.fsproj"><Private>false</Private></ProjectReference>
<ProjectReference Condition="'$(X)'==''" Include="..\No\No.csproj" />
<ProjectReference Include="$(Root)\No.csproj" />
<!-- <ProjectReference Include="..\Old\Old.csproj" /> -->
<PackageReference Include="No" />)") == Paths{"../Core/Core.csproj", "../Mail/Mail.fsproj"});
  CHECK(analysis::read_project_references("<ProjectReference").empty());
}

TEST_CASE("projects of a solution, folders left out") {
  CHECK(analysis::read_solution("Project(\"{9A19}\") = \"Api\", \"src\\Api\\Api.csproj\", \"{1}\"\r\nEndProject\r\n"
                                "Project(\"{2150}\") = \"docs\", \"docs\", \"{2}\"\r\nEndProject\r\n") ==
        Paths{"src/Api/Api.csproj"});
  CHECK(analysis::read_solution("Project(\"").empty());
}

TEST_CASE("modules of Maven and Gradle") {
  CHECK(analysis::read_maven_modules("<modules><module>a</module>\n<module> b/c </module><!--<module>x</module>-->"
                                     "</modules><profiles><module>p</module></profiles>") == Paths{"a", "b/c"});
  CHECK(analysis::read_gradle_includes("rootProject.name = \"x\"\ninclude ':a', ':b:c'\ninclude(\"d\")\n"
                                       "includeBuild(\"no\")\n") == Paths{"a", "b/c", "d"});
  CHECK(analysis::read_gradle_includes("include ':a'\nproject(':a').projectDir = file('x')\n").empty());
}

TEST_CASE("what a package is called and depends on") {
  const auto names = analysis::read_package_names(
      R"({"name": "web", "dependencies": {"ui": "*"}, "devDependencies": {"lint": "1"}, "peerDependencies": {"p": "1"}})");
  CHECK(names.name == "web");
  CHECK(names.dependencies == Paths{"ui", "lint"});
  CHECK(analysis::read_package_names("[").dependencies.empty());
}
