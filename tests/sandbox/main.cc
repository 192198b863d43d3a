// trueup-sandbox: Salesforce, NetSuite and Sky on three loopback ports over one seeded world.
#include <csignal>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include <httplib.h>
#include <CLI/CLI.hpp>

#include "tests/sandbox/server/sandbox.h"
#include "tests/sandbox/world/truth.h"

namespace trueup::sandbox {
namespace {

struct Arguments {
  SandboxOptions options;
  std::string companies;
  std::string truth;
  std::string secrets;
  std::string tls;
  std::string faults = "none";
  int64_t latency = 0;
  size_t page_cap = 0;
  std::string wall = "refuses";
  int port = 18080;
  int step_count = 1;
};

std::string ReadFile(const std::string& name) {
  std::ifstream in(name, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) throw std::runtime_error("cannot read " + name);
  return text.str();
}

void AddWorldOptions(CLI::App* command, Arguments* args) {
  auto& population = args->options.world.population;
  command->add_option("--seed", population.seed, "the same seed gives the same world")
      ->capture_default_str();
  command
      ->add_option("--customers", population.customers,
                   "real customers; records are about 16 for each")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command->add_option("--companies", args->companies,
                      "CSV with name, country, state, city, zipcode, website");
  command->add_option("--steps", args->options.steps, "steps of ten minutes that have passed")
      ->capture_default_str();
  command->add_option("--truth", args->truth, "file for the truth; rewritten after each step");
  command
      ->add_option("--netsuite-timezone", args->options.world.netsuite_timezone,
                   "session time zone of NetSuite")
      ->capture_default_str();
}

void Complete(Arguments* args) {
  SandboxOptions& options = args->options;
  if (!args->companies.empty()) options.world.population.companies_csv = ReadFile(args->companies);
  if (!args->truth.empty()) options.truth = args->truth;
  if (!args->secrets.empty()) options.secrets = args->secrets;
  if (!args->tls.empty()) options.tls = args->tls;
  if (args->page_cap > 0) options.page_cap = args->page_cap;
  options.netsuite.wall_refuses = args->wall == "refuses";
  options.latency = std::chrono::milliseconds(args->latency);
  options.faults = *ParseFaultProfile(args->faults);
  options.port = args->port;
}

int Serve(Arguments* args) {
  Complete(args);
  // Blocked before any thread starts, so that only sigwait() below sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  Sandbox sandbox(args->options);
  sandbox.Start();
  std::cout << "ready";
  for (System system : kAllSystems)
    std::cout << ' ' << ToString(system) << '=' << sandbox.origin(system);
  std::cout << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  sandbox.Stop();
  return 0;
}

int Step(const Arguments& args) {
  const std::string scheme = args.tls.empty() ? "http" : "https";
  httplib::Client client(scheme + "://127.0.0.1:" + std::to_string(args.port));
  if (!args.tls.empty()) client.set_ca_cert_path((args.tls + "/ca.pem").c_str());
  client.set_read_timeout(600);
  const auto reply = client.Post("/__sandbox/step?n=" + std::to_string(args.step_count));
  if (!reply)
    throw std::runtime_error("no sandbox answers on 127.0.0.1:" + std::to_string(args.port));
  if (reply->status != 200) throw std::runtime_error(reply->body);
  std::cout << reply->body << std::endl;
  return 0;
}

int WriteTruth(Arguments* args) {
  Complete(args);
  World world(args->options.world);
  for (size_t i = 0; i < args->options.steps; ++i) world.Step();
  const std::string truth = TruthJson(world);
  if (args->options.truth) {
    WriteFileWhole(*args->options.truth, truth);
  } else {
    std::cout << truth;
  }
  return 0;
}

int Main(int argc, char** argv) {
  Arguments args;
  CLI::App app("Plays Salesforce, NetSuite and an operations system over one invented world");
  app.require_subcommand(1);
  CLI::App* serve = app.add_subcommand("serve", "serve the three systems until SIGTERM");
  AddWorldOptions(serve, &args);
  serve
      ->add_option("--port", args.port,
                   "Salesforce; the others take the next two; 0: any free ones")
      ->capture_default_str();
  serve->add_option("--secrets", args.secrets, "folder for the credentials that a client needs");
  serve->add_option("--tls", args.tls,
                    "serve over TLS; ca.pem and ca_key.pem of this folder, made if not there, "
                    "vouch for it");
  serve->add_option("--faults", args.faults, "what goes wrong")
      ->check(CLI::IsMember({"none", "flaky", "nasty"}))
      ->capture_default_str();
  serve->add_option("--latency", args.latency, "milliseconds that each request takes at least")
      ->check(CLI::Range(0, 60000));
  serve->add_option("--page-cap", args.page_cap, "longest page that any system gives");
  serve
      ->add_option("--daily-requests", args.options.daily_requests, "Salesforce requests until 403")
      ->capture_default_str();
  serve
      ->add_option("--netsuite-wall", args.options.netsuite.wall,
                   "rows that a NetSuite query may have")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  serve->add_option("--netsuite-wall-form", args.wall, "what it does with one that has more")
      ->check(CLI::IsMember({"refuses", "cuts"}))
      ->capture_default_str();
  serve->add_option("--app-requests", args.options.app_requests,
                    "what Salesforce's replies say that the connected app may use of them");
  CLI::App* step = app.add_subcommand("step", "let time pass in a running sandbox");
  step->add_option("count", args.step_count, "steps of ten minutes")
      ->required()
      ->check(CLI::Range(1, 100000));
  step->add_option("--tls", args.tls, "the folder that the sandbox serves TLS with");
  step->add_option("--port", args.port, "Salesforce port of the sandbox")->capture_default_str();
  CLI::App* truth = app.add_subcommand("truth", "write the truth without serving");
  AddWorldOptions(truth, &args);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    if (serve->parsed()) return Serve(&args);
    if (step->parsed()) return Step(args);
    return WriteTruth(&args);
  } catch (const std::exception& error) {
    std::cerr << "trueup-sandbox: " << error.what() << std::endl;
    return 1;
  }
}

}  // namespace
}  // namespace trueup::sandbox

int main(int argc, char** argv) { return trueup::sandbox::Main(argc, argv); }
